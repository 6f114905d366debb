using System.Collections.Concurrent;

namespace Mta.Cluster.Nodes;

/// <summary>The nodes of the cluster that drain, as this node has heard. A node that says it no more counts as draining no more. Thread-safe.</summary>
public sealed class DrainedNodes(TimeProvider clock)
{
    /// <summary>How long a node's word holds.</summary>
    public static readonly TimeSpan WordHolds = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _heard = new(StringComparer.Ordinal);

    /// <summary>A node has said whether it drains.</summary>
    /// <param name="node">The node, as <c>host:port</c>.</param>
    /// <param name="drains">What it said.</param>
    public void Heard(string node, bool drains)
    {
        if (drains)
            _heard[node] = clock.GetUtcNow();
        else
            _heard.TryRemove(node, out _);
    }

    /// <summary>Whether a node drains.</summary>
    public bool Contains(string node) => _heard.TryGetValue(node, out var at) && clock.GetUtcNow() - at <= WordHolds;
}
