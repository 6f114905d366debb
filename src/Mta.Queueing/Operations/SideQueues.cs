namespace Mta.Queueing.Operations;

/// <summary>
/// The queues of mail with a route of its own: one beside the domain's queue for each route, of the same partition, so that its owner is the same and its site's limits are exact. Which number a route has is this owner's affair.
/// Not thread-safe.
/// </summary>
public sealed class SideQueues
{
    private readonly List<string> _routes = [];
    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>True where no ref had a route of its own.</summary>
    public bool IsEmpty => _routes.Count == 0;

    /// <summary>The queue of a ref with this route.</summary>
    /// <param name="queue">The queue that it has by its recipients.</param>
    /// <param name="route">The route; empty for the domain's own.</param>
    public QueueKey Of(QueueKey queue, string route)
    {
        if (route.Length == 0) return queue;
        if (!_numbers.TryGetValue(route, out var number))
        {
            _routes.Add(route);
            _numbers.Add(route, number = _routes.Count);
        }

        return queue.Beside(number);
    }

    /// <summary>The route of a queue; empty for the domain's own.</summary>
    public string RouteOf(QueueKey queue) => queue.Side == 0 ? "" : _routes[queue.Side - 1];
}
