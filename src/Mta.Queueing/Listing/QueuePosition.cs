namespace Mta.Queueing.Listing;

/// <summary>A queue's place in a list: the value that the list is sorted by, and the queue, which tells equal values apart.</summary>
/// <param name="Value">The value as a whole number (<see cref="OfRate"/>, <see cref="OfTime"/>); 0 where the list is sorted by name.</param>
/// <param name="Queue">The queue.</param>
public readonly record struct QueuePosition(long Value, QueueKey Queue)
{
    /// <summary>A rate as a value to sort by: thousandths.</summary>
    public static long OfRate(double perSecond) => (long)(perSecond * 1000);

    /// <summary>A time as a value to sort by: ticks UTC; none sorts behind all.</summary>
    public static long OfTime(DateTimeOffset? time) => time?.UtcTicks ?? long.MaxValue;
}

/// <summary>The order of a list of queues, first to last. Equal values go by name, whichever way the list is sorted.</summary>
/// <param name="order">By what.</param>
/// <param name="isAscending">True where the least comes first.</param>
public sealed class QueuePositionComparer(QueueOrder order, bool isAscending) : IComparer<QueuePosition>
{
    private readonly bool _isNameTurned = order == QueueOrder.Name && !isAscending;

    /// <inheritdoc/>
    public int Compare(QueuePosition x, QueuePosition y)
    {
        var byValue = isAscending ? x.Value.CompareTo(y.Value) : y.Value.CompareTo(x.Value);
        if (byValue != 0) return byValue;
        var byName = string.CompareOrdinal(x.Queue.Domain, y.Queue.Domain);
        if (byName == 0) byName = x.Queue.Lane.CompareTo(y.Queue.Lane);
        return _isNameTurned ? -byName : byName;
    }
}
