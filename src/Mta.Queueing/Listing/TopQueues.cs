namespace Mta.Queueing.Listing;

/// <summary>The first queues of a list, out of any number that are offered one by one: a heap of as many as are wanted.</summary>
/// <typeparam name="T">What is kept with each.</typeparam>
public sealed class TopQueues<T>
{
    private readonly QueueQuery _query;
    private readonly QueuePositionComparer _comparer;
    // The last of those that are kept stands on top.
    private readonly PriorityQueue<T, QueuePosition> _kept;

    /// <summary>None yet.</summary>
    public TopQueues(QueueQuery query)
    {
        _query = query;
        _comparer = new QueuePositionComparer(query.Order, query.IsAscending);
        _kept = new PriorityQueue<T, QueuePosition>(Comparer<QueuePosition>.Create((x, y) => _comparer.Compare(y, x)));
    }

    /// <summary>How many were offered, on whatever page.</summary>
    public int Offered { get; private set; }

    /// <summary>A queue that fits.</summary>
    public void Offer(QueuePosition position, T item)
    {
        Offered++;
        if (_query.Limit <= 0 || (_query.After is { } after && _comparer.Compare(position, after) <= 0)) return;
        if (_kept.Count < _query.Limit) _kept.Enqueue(item, position);
        else _kept.EnqueueDequeue(item, position);
    }

    /// <summary>The first, in order. Empties the heap.</summary>
    public T[] Take()
    {
        var first = new T[_kept.Count];
        for (var i = first.Length - 1; i >= 0; i--) first[i] = _kept.Dequeue();
        return first;
    }
}
