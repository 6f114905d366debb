using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Nodes;

/// <summary>Asks the members, and Akka's cluster and sharding.</summary>
/// <param name="system">The actor system.</param>
/// <param name="regions">The shard regions by name.</param>
internal sealed class AkkaClusterControl(ActorSystem system, IReadOnlyDictionary<string, Func<IActorRef>> regions) : IClusterControl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);

    /// <inheritdoc/>
    public async Task<ImmutableArray<NodeStatus>> NodesAsync(CancellationToken cancel)
    {
        var statuses = await Task.WhenAll(_cluster.State.Members.Select(m => AskAsync(m, new ReportNode(), cancel))).ConfigureAwait(false);
        return [.. statuses.OrderBy(s => s.Node, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task<NodeStatus?> DrainAsync(string node, bool drains, CancellationToken cancel) =>
        await FindAsync(node, cancel).ConfigureAwait(false) is { } member ? await AskAsync(member, new DrainNode(drains), cancel).ConfigureAwait(false) : null;

    /// <inheritdoc/>
    public Task<string?> LeaveAsync(string node, CancellationToken cancel) => DoAsync(node, _cluster.Leave, cancel);

    /// <inheritdoc/>
    public Task<string?> DownAsync(string node, CancellationToken cancel) => DoAsync(node, _cluster.Down, cancel);

    /// <inheritdoc/>
    public async Task<ShardMap?> ShardsAsync(string region, CancellationToken cancel)
    {
        if (!regions.TryGetValue(region, out var actor))
            return null;
        try
        {
            var stats = await actor().Ask<ClusterShardingStats>(new GetClusterShardingStats(Patience), Patience + Patience, cancel).ConfigureAwait(false);
            var places = stats.Regions.SelectMany(r => r.Value.Stats.Select(s => new ShardPlace(s.Key, NodeNames.Of(r.Key), s.Value)));
            var silent = stats.Regions.Where(r => r.Value.Failed.Count > 0).Select(r => NodeNames.Of(r.Key));
            return new ShardMap(region, [.. places.OrderBy(p => p.Shard.Length).ThenBy(p => p.Shard, StringComparer.Ordinal)], [.. silent.Order(StringComparer.Ordinal)]);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return new ShardMap(region, [], [.. _cluster.State.Members.Select(m => NodeNames.Of(m.Address)).Order(StringComparer.Ordinal)]);
        }
    }

    private async Task<string?> DoAsync(string node, Action<Address> order, CancellationToken cancel)
    {
        if (await FindAsync(node, cancel).ConfigureAwait(false) is not { } member)
            return null;
        order(member.Address);
        return member.Address.ToString();
    }

    private async Task<Member?> FindAsync(string node, CancellationToken cancel)
    {
        if (_cluster.State.Members.FirstOrDefault(m => NodeNames.Means(node, m.Address)) is { } named)
            return named;
        // A host name that two members have means neither of them.
        var reports = await NodesAsync(cancel).ConfigureAwait(false);
        var same = reports.Where(n => n.Report is { } report && report.HostName.Equals(node, StringComparison.OrdinalIgnoreCase)).ToList();
        return same.Count == 1 ? _cluster.State.Members.FirstOrDefault(m => NodeNames.Of(m.Address) == same[0].Node) : null;
    }

    private async Task<NodeStatus> AskAsync(Member member, object question, CancellationToken cancel)
    {
        var isReachable = !_cluster.State.Unreachable.Contains(member);
        var report = isReachable ? await AskAsync(member.Address, question, cancel).ConfigureAwait(false) : null;
        return new NodeStatus(NodeNames.Of(member.Address), member.Status.ToString(), isReachable, [.. member.Roles.Order(StringComparer.Ordinal)], report is null ? null : ReportOf(report));
    }

    private async Task<NodeReported?> AskAsync(Address address, object question, CancellationToken cancel)
    {
        try
        {
            return await system.ActorSelection(new RootActorPath(address) / "user" / NodeReporter.Name).Ask<NodeReported>(question, Patience, cancel).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is AskTimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static NodeSelfReport ReportOf(NodeReported told) => new(
        told.HostName, told.Version, told.StartedAt, told.Processors, told.Load, told.WorkingSetBytes, told.HeapBytes, told.Sessions, told.Connections,
        (told.Drains, told.Sessions + told.Connections) switch
        {
            (false, _) => "none",
            (true, 0) => "drained",
            _ => "draining",
        },
        told.Waiting,
        told.Mail);
}
