namespace Mta.Queueing.Dormant;

/// <summary>A domain queue all of whose refs are held or wait for their time, as values. Not thread-safe.</summary>
/// <param name="queue">Its name.</param>
public sealed class DormantQueue(QueueKey queue)
{
    private DormantRef[] _refs = [];
    private long _nextDue = long.MaxValue;
    private long _oldest = long.MaxValue;

    /// <summary>Its name.</summary>
    public QueueKey Queue { get; } = queue;

    /// <summary>How many refs it holds.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are held.</summary>
    public int Held { get; private set; }

    /// <summary>Its refs, in the order in which they came.</summary>
    public ReadOnlySpan<DormantRef> Refs => _refs.AsSpan(0, Count);

    /// <summary>When the first of them is due; the end of time where none will be.</summary>
    public DateTimeOffset NextDue => _nextDue == long.MaxValue ? DateTimeOffset.MaxValue : new(_nextDue, TimeSpan.Zero);

    /// <summary>False where all of them are held.</summary>
    public bool IsEverDue => _nextDue != long.MaxValue;

    /// <summary>Why mail was deferred here last.</summary>
    public LastDeferral Last { get; set; }

    /// <summary>The site that served it; empty where none is known.</summary>
    public string Site { get; set; } = "";

    /// <summary>When the oldest message was accepted; null where it is empty.</summary>
    public DateTimeOffset? Oldest => Count == 0 ? null : new(_oldest, TimeSpan.Zero);

    /// <summary>Puts a ref in that it does not hold.</summary>
    /// <param name="one">The ref.</param>
    /// <param name="due">When its next attempt is made; null where it is held.</param>
    public void Add(DormantRef one, DateTimeOffset? due)
    {
        // Most queues have a few refs: doubling would cost more than the refs.
        if (Count == _refs.Length) Array.Resize(ref _refs, Count + Math.Max(1, Count / 4));
        _refs[Count++] = one;
        _oldest = Math.Min(_oldest, one.AcceptedAt.UtcTicks);
        if (due is { } at) _nextDue = Math.Min(_nextDue, at.UtcTicks);
        else Held++;
    }
}
