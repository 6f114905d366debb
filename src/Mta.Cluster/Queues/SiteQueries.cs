using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Nodes;

namespace Mta.Cluster.Queues;

/// <summary>Asks all partitions and the egress of all nodes, and puts their answers together.</summary>
/// <param name="partitions">The partitions' shard region.</param>
/// <param name="count">How many partitions there are.</param>
/// <param name="egress">The nodes that make connections.</param>
/// <param name="patience">How long one may take; null for 5 s.</param>
internal sealed class SiteQueries(Func<IActorRef> partitions, int count, Func<IReadOnlyList<EgressNode>> egress, TimeSpan? patience = null) : ISiteQueries
{
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<SiteOverview> ListAsync(CancellationToken cancel)
    {
        var asking = AskEgressAsync(cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(
            p => partitions().AskPartitionAsync<SitesListed>(new ListSites(p), _patience, cancel))).ConfigureAwait(false);
        var (connections, silentNodes) = await asking.ConfigureAwait(false);
        var heard = answers.OfType<SitesListed>().ToList();
        var mail = heard.SelectMany(a => a.Sites).GroupBy(s => s.Site, StringComparer.Ordinal).Select(Merge).ToDictionary(s => s.Site, StringComparer.Ordinal);
        foreach (var site in connections.Keys)
            mail.TryAdd(site, new SiteTotals(site, QueueTotals.None, 0, ""));
        var unlisted = heard.Aggregate(QueueTotals.None, (sum, a) => sum + a.Others);
        return new SiteOverview(
            [.. mail.Values.Select(s => new SiteStatus(s, connections.GetValueOrDefault(s.Site)))],
            mail.Values.Aggregate(unlisted, (sum, s) => sum + s.Totals),
            unlisted,
            [.. Enumerable.Range(0, count).Where(p => answers[p] is null)],
            silentNodes);
    }

    /// <inheritdoc/>
    public async Task<int> CountConnectionsAsync(string site, CancellationToken cancel) =>
        (await AskEgressAsync(cancel).ConfigureAwait(false)).Connections.GetValueOrDefault(site);

    private static SiteTotals Merge(IGrouping<string, SiteTotals> parts) => new(
        parts.Key,
        parts.Aggregate(QueueTotals.None, (sum, p) => sum + p.Totals),
        parts.Sum(p => p.Suspended),
        parts.Where(p => p.LastReply.Length > 0).MaxBy(p => p.Totals.Depth)?.LastReply ?? "");

    private async Task<(Dictionary<string, int> Connections, ImmutableArray<string> Silent)> AskEgressAsync(CancellationToken cancel)
    {
        var nodes = egress();
        var answers = await Task.WhenAll(nodes.Select(n => n.Egress.AskOrNullAsync<ConnectionsReported>(new ReportConnections(), _patience, cancel))).ConfigureAwait(false);
        var connections = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var site in answers.OfType<ConnectionsReported>().SelectMany(a => a.Sites))
            connections[site.Site] = connections.GetValueOrDefault(site.Site) + site.Count;
        return (connections, [.. Enumerable.Range(0, nodes.Count).Where(i => answers[i] is null).Select(i => NodeNames.Of(nodes[i].Node))]);
    }
}
