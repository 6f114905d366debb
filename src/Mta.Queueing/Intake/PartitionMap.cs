namespace Mta.Queueing.Intake;

/// <summary>
/// Which partition owns a domain queue: a stable hash of the queue's name. The count is fixed when the database is created, and the
/// hash never changes, because refs are stored by partition.
/// </summary>
public sealed class PartitionMap
{
    /// <summary>How many partitions a new database gets.</summary>
    public const int DefaultCount = 64;

    /// <summary>The most partitions that are served.</summary>
    public const int MaxCount = 4096;

    /// <summary>A map over <paramref name="count"/> partitions, 1 to <see cref="MaxCount"/>.</summary>
    public PartitionMap(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        Count = count;
    }

    /// <summary>How many partitions there are.</summary>
    public int Count { get; }

    /// <summary>The partition of a queue, from 0: a queue beside another is where that is.</summary>
    public int PartitionOf(QueueKey queue) => (int)(StableHash.Of(queue.Main) % (ulong)Count);
}
