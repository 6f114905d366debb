using System.Collections.Immutable;
using Mta.Cluster.Queues;

namespace Mta.Cluster.Contracts;

/// <summary>Management → partition: how much mail stands for which site. Answered by <see cref="SitesListed"/> once the partition is recovered.</summary>
/// <param name="Partition">The partition.</param>
public sealed record ListSites(int Partition) : IPartitionMessage;

/// <summary>Partition → management: its mail by site.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Sites">The sites with most mail, at most <see cref="MostSites"/>.</param>
/// <param name="Others">What stands for all others together.</param>
public sealed record SitesListed(int Partition, ImmutableArray<SiteTotals> Sites, QueueTotals Others) : IWireMessage
{
    /// <summary>How many sites a partition tells; so an answer stays below what nodes can send each other.</summary>
    public const int MostSites = 1000;
}

/// <summary>Management → egress: to which sites have you connections. Answered by <see cref="ConnectionsReported"/>.</summary>
public sealed record ReportConnections : IWireMessage;

/// <summary>Egress → management: its connections, open or on their way.</summary>
/// <param name="Sites">How many to each site.</param>
public sealed record ConnectionsReported(ImmutableArray<SiteConnectionCount> Sites) : IWireMessage;

/// <summary>Connections to a site.</summary>
/// <param name="Site">The site.</param>
/// <param name="Count">How many.</param>
public sealed record SiteConnectionCount(string Site, int Count);
