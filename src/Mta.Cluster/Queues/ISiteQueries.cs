using System.Collections.Immutable;

namespace Mta.Cluster.Queues;

/// <summary>What operators ask of sites.</summary>
public interface ISiteQueries
{
    /// <summary>The mail of the whole cluster by the site that serves it, and the connections to each.</summary>
    /// <param name="cancel">Ends the wait.</param>
    Task<SiteOverview> ListAsync(CancellationToken cancel);

    /// <summary>The connections of the whole cluster to one site.</summary>
    /// <param name="site">The site.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<int> CountConnectionsAsync(string site, CancellationToken cancel);
}

/// <summary>The sites of the whole cluster at one moment.</summary>
/// <param name="Sites">The sites, in no order.</param>
/// <param name="Totals">Totals over all queues.</param>
/// <param name="Unlisted">What stands for sites that a partition has left out, because it has too many.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
/// <param name="SilentNodes">Nodes that did not answer: their connections are not counted.</param>
public sealed record SiteOverview(
    ImmutableArray<SiteStatus> Sites, QueueTotals Totals, QueueTotals Unlisted, ImmutableArray<int> SilentPartitions, ImmutableArray<string> SilentNodes);

/// <summary>One site at one moment.</summary>
/// <param name="Mail">What stands for it.</param>
/// <param name="Connections">Connections to it, open or on their way.</param>
public sealed record SiteStatus(SiteTotals Mail, int Connections);

/// <summary>What stands for one site.</summary>
/// <param name="Site">The site; empty for queues of which none is known.</param>
/// <param name="Totals">Totals over its queues.</param>
/// <param name="Suspended">How many of its queues are suspended.</param>
/// <param name="LastReply">The last reply that deferred mail in one of its deepest queues; empty where there was none.</param>
public sealed record SiteTotals(string Site, QueueTotals Totals, int Suspended, string LastReply);
