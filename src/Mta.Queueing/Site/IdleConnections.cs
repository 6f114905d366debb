namespace Mta.Queueing.Site;

/// <summary>
/// The connections of a policy that have no work, in all and by node. The one that was used last is the next to be used, so that those which are too many grow old.
/// </summary>
internal sealed class IdleConnections
{
    private readonly LinkedList<SiteConnection> _all = new();
    private readonly Dictionary<string, LinkedList<SiteConnection>> _byNode = new(StringComparer.Ordinal);

    public int Count => _all.Count;

    /// <summary>The one that was used last; null where there is none.</summary>
    public SiteConnection? Last => _all.Last?.Value;

    /// <summary>The one of a node that was used last, or of all nodes where none is named; null where there is none.</summary>
    public SiteConnection? LastOf(string node) => node.Length == 0 ? Last : _byNode.GetValueOrDefault(node)?.Last?.Value;

    public void Add(SiteConnection connection)
    {
        _all.AddLast(connection.Place);
        if (!_byNode.TryGetValue(connection.Node, out var line))
            _byNode.Add(connection.Node, line = new LinkedList<SiteConnection>());
        line.AddLast(connection.PlaceOnNode);
    }

    public void Remove(SiteConnection connection)
    {
        _all.Remove(connection.Place);
        var line = connection.PlaceOnNode.List!;
        line.Remove(connection.PlaceOnNode);
        if (line.Count == 0)
            _byNode.Remove(connection.Node);
    }
}
