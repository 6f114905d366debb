using Akka.Actor;

namespace Mta.Cluster.Delivery.Sites;

/// <summary>
/// What a site's new owner knows of the connections that an earlier owner has left: on each egress node so many, or not known yet. A node that is no longer a member has
/// none. The law: the owner opens none before each node has answered; what stands then counts against the limit until it has ended.
/// </summary>
internal sealed class SiteCensus
{
    private readonly Dictionary<Address, (long Number, int? Count)> _nodes = [];
    private long _last;

    /// <summary>True when every node has answered.</summary>
    public bool IsComplete => _nodes.Values.All(n => n.Count is not null);

    /// <summary>Connections that are known to stand.</summary>
    public int Total => _nodes.Values.Sum(n => n.Count ?? 0);

    /// <summary>The nodes that have not answered yet, for the log.</summary>
    public IEnumerable<Address> Silent => _nodes.Where(n => n.Value.Count is null).Select(n => n.Key);

    /// <summary>Begins with these nodes.</summary>
    public void Begin(IEnumerable<EgressNode> nodes)
    {
        foreach (var node in nodes)
            _nodes[node.Node] = (++_last, null);
    }

    /// <summary>A node has answered.</summary>
    public void Hear(long number, int count)
    {
        foreach (var (node, known) in _nodes)
        {
            if (known.Number != number)
                continue;
            _nodes[node] = (number, count);
            return;
        }
    }

    /// <summary>Forgets the nodes that are no longer members, and gives those that are to be asked, or asked again: an answer may have been lost.</summary>
    public IReadOnlyList<(EgressNode Node, long Number)> Open(IReadOnlyList<EgressNode> members)
    {
        foreach (var gone in _nodes.Keys.Where(known => members.All(m => m.Node != known)).ToList())
            _nodes.Remove(gone);
        return [.. members.Where(m => _nodes.TryGetValue(m.Node, out var known) && known.Count is not 0).Select(m => (m, _nodes[m.Node].Number))];
    }
}
