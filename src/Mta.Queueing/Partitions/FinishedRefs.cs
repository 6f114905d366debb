namespace Mta.Queueing.Partitions;

/// <summary>
/// What a partition remembers of refs that it has finished, so that a hint which comes late or twice is not delivered again: a hint carries its
/// envelope, and the fast path does not ask the spool. It remembers the last few thousand, and of the older ones only the
/// time: a hint that may be of a forgotten ref is not believed, and its envelope is read from the spool, which knows. Not thread-safe.
/// </summary>
public sealed class FinishedRefs
{
    /// <summary>How many refs are remembered by default.</summary>
    public const int DefaultCapacity = 4096;

    private readonly HashSet<RefId> _ids = [];
    private readonly Queue<(RefId Id, DateTimeOffset AcceptedAt)> _order = new();
    private readonly int _capacity;
    private DateTimeOffset _doubtfulUpTo;

    /// <summary>An empty memory.</summary>
    /// <param name="since">
    /// When the partition's owner started, with a margin for differences of clocks: what was accepted before may have been finished by an earlier owner.
    /// </param>
    /// <param name="capacity">How many refs are remembered.</param>
    public FinishedRefs(DateTimeOffset since, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _doubtfulUpTo = since;
        _capacity = capacity;
    }

    /// <summary>A ref's removal from the spool has been committed.</summary>
    public void Remember(RefId id, DateTimeOffset acceptedAt)
    {
        if (!_ids.Add(id)) return;
        _order.Enqueue((id, acceptedAt));
        if (_order.Count <= _capacity) return;

        var forgotten = _order.Dequeue();
        _ids.Remove(forgotten.Id);
        if (forgotten.AcceptedAt > _doubtfulUpTo) _doubtfulUpTo = forgotten.AcceptedAt;
    }

    /// <summary>What to make of a hint.</summary>
    public HintVerdict Judge(RefId id, DateTimeOffset acceptedAt) =>
        _ids.Contains(id) ? HintVerdict.Finished
        : acceptedAt <= _doubtfulUpTo ? HintVerdict.Doubtful
        : HintVerdict.Fresh;
}

/// <summary>What a hint is.</summary>
public enum HintVerdict
{
    /// <summary>A ref that is not finished: it may be offered with its envelope.</summary>
    Fresh = 0,

    /// <summary>Perhaps a ref that is finished: it is offered without its envelope, so that the spool is asked.</summary>
    Doubtful = 1,

    /// <summary>A finished ref: the hint is dropped.</summary>
    Finished = 2,
}
