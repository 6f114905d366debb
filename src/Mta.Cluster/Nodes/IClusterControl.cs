using System.Collections.Immutable;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Nodes;

/// <summary>What operators see and do of nodes and shards. A node is named by its host and port, by its whole address, or by its host name where no other has the same.</summary>
public interface IClusterControl
{
    /// <summary>All members with what they tell of themselves.</summary>
    Task<ImmutableArray<NodeStatus>> NodesAsync(CancellationToken cancel);

    /// <summary>Drains a node, or lets it take mail again; it stays a member.</summary>
    /// <param name="node">The node.</param>
    /// <param name="drains">True to drain.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>How the node is now; its report is null where it does not answer. Null where there is no such node.</returns>
    Task<NodeStatus?> DrainAsync(string node, bool drains, CancellationToken cancel);

    /// <summary>Asks a member to leave: it hands over what it owns, and ends.</summary>
    /// <returns>The member's address; null where there is none.</returns>
    Task<string?> LeaveAsync(string node, CancellationToken cancel);

    /// <summary>Declares a member dead: others take over what it owned. It ends if it still lives.</summary>
    /// <returns>The member's address; null where there is none.</returns>
    Task<string?> DownAsync(string node, CancellationToken cancel);

    /// <summary>Where the shards of a region are; null where there is no region of this name.</summary>
    /// <param name="region"><c>partitions</c> or <c>sites</c>.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<ShardMap?> ShardsAsync(string region, CancellationToken cancel);
}

/// <summary>A member of the cluster, and what it tells of itself.</summary>
/// <param name="Node">Host and port.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting, Down or Removed.</param>
/// <param name="IsReachable">False where some member does not reach it.</param>
/// <param name="Roles">What it does.</param>
/// <param name="Report">What it tells; null where it does not answer.</param>
public sealed record NodeStatus(string Node, string Status, bool IsReachable, ImmutableArray<string> Roles, NodeSelfReport? Report);

/// <summary>What a node tells of itself.</summary>
/// <param name="HostName">Its host name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="StartedAt">When its process began.</param>
/// <param name="Processors">How many processors it has.</param>
/// <param name="Load">Processors that it kept busy over the last seconds.</param>
/// <param name="WorkingSetBytes">Resident memory.</param>
/// <param name="HeapBytes">Octets in managed objects.</param>
/// <param name="Sessions">SMTP sessions that are open.</param>
/// <param name="Connections">Outgoing connections that have a slot.</param>
/// <param name="Drain"><c>none</c>, <c>draining</c>, or <c>drained</c>: neither session nor connection is left.</param>
/// <param name="Waiting">Why it may not be given traffic, a line for each component; empty where it may.</param>
/// <param name="Mail">What it has done to mail since its start; null where its version does not count it.</param>
public sealed record NodeSelfReport(
    string HostName, string Version, DateTimeOffset StartedAt, int Processors, double Load, long WorkingSetBytes, long HeapBytes, int Sessions, int Connections, string Drain,
    ImmutableArray<string> Waiting, MailCounts? Mail);

/// <summary>Where the shards of a region are.</summary>
/// <param name="Region">The region.</param>
/// <param name="Shards">Each shard that is started.</param>
/// <param name="SilentNodes">Nodes that did not tell.</param>
public sealed record ShardMap(string Region, ImmutableArray<ShardPlace> Shards, ImmutableArray<string> SilentNodes);

/// <summary>Where a shard is.</summary>
/// <param name="Shard">The shard; of partitions their number.</param>
/// <param name="Node">The node that owns it, as host and port.</param>
/// <param name="Entities">How many entities are started in it.</param>
public sealed record ShardPlace(string Shard, string Node, int Entities);
