using Akka.Actor;
using Akka.Cluster;
using Mta.Cluster.Contracts;
using Mta.Cluster.Nodes;

namespace Mta.Cluster.Delivery.Sites;

/// <summary>The egress of one node.</summary>
/// <param name="Node">The node's address.</param>
/// <param name="Egress">Its egress.</param>
internal sealed record EgressNode(Address Node, ICanTell Egress);

/// <summary>The nodes that make connections.</summary>
internal interface IEgressNodes
{
    /// <summary>A node that can make one: the one that is wished for, else the next, each in its turn; null while there is none.</summary>
    /// <param name="wish">A node's name; empty for none.</param>
    EgressNode? Next(string wish = "");

    /// <summary>The nodes that may have some: those that are leaving, or cannot be reached and are not removed yet, are among them.</summary>
    IReadOnlyList<EgressNode> All();
}

/// <summary>The members of the cluster that have the role; those that drain make no new connections.</summary>
/// <param name="system">The actor system.</param>
/// <param name="drained">The nodes that drain.</param>
/// <param name="others">Leave this node out of those that can make connections.</param>
internal sealed class EgressNodes(ActorSystem system, DrainedNodes drained, bool others = false) : IEgressNodes
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);
    private int _turn = Random.Shared.Next(1000);

    public EgressNode? Next(string wish = "")
    {
        var state = _cluster.State;
        var nodes = state.Members
            .Where(m => m.HasRole(ClusterRoles.Egress) && m.Status is MemberStatus.Up or MemberStatus.WeaklyUp && !state.Unreachable.Contains(m))
            .Where(m => !others || m.UniqueAddress != _cluster.SelfUniqueAddress)
            .Where(m => !drained.Contains(NodeNames.Of(m.Address)))
            .Select(m => m.Address)
            .ToList();
        if (nodes.Count == 0)
            return null;
        var near = wish.Length == 0 ? null : nodes.Find(node => NodeNames.Of(node) == wish);
        return NodeOf(near ?? nodes[(int)((uint)Interlocked.Increment(ref _turn) % nodes.Count)]);
    }

    public IReadOnlyList<EgressNode> All() => [.. _cluster.State.Members.Where(m => m.HasRole(ClusterRoles.Egress)).Select(m => NodeOf(m.Address))];

    private EgressNode NodeOf(Address node) => new(node, system.ActorSelection(new RootActorPath(node) / "user" / EgressPath.Name));
}
