namespace Mta.Cluster;

/// <summary>The cluster as this node sees it.</summary>
public interface IClusterView
{
    /// <summary>The members at this moment.</summary>
    ClusterMembers Current { get; }
}

/// <summary>The members of the cluster, as one node sees them.</summary>
/// <param name="SelfNode">The address of the node that answers.</param>
/// <param name="Leader">The leader's address; null while there is none.</param>
/// <param name="Members">All members, in the cluster's order.</param>
/// <param name="Unreachable">Addresses that this node or another cannot reach.</param>
public sealed record ClusterMembers(string SelfNode, string? Leader, IReadOnlyList<ClusterMember> Members, IReadOnlyList<string> Unreachable);

/// <summary>A member of the cluster.</summary>
/// <param name="Node">The address.</param>
/// <param name="NodeUid">The number of this start of the member: a restarted process is another member.</param>
/// <param name="Status">Joining, WeaklyUp, Up, Leaving, Exiting, Down or Removed.</param>
/// <param name="Roles">What it does.</param>
public sealed record ClusterMember(string Node, int NodeUid, string Status, IReadOnlyList<string> Roles);
