using Mta.Cluster.Spool.History;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// One write on its way to a commit. Waiting → taken (a commit loop works on it) → completed; or waiting → given up (its caller's time is over
/// before a loop took it: nothing of it will be stored).
/// </summary>
internal abstract class WriteItem() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int GivenUp = 2;
    private int _state;

    /// <summary>Octets that it keeps in memory, about.</summary>
    public virtual long Bytes => 256;

    /// <summary>The loop takes it; false where the caller has given up.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>The caller gives up; false where a loop has taken it, so that the outcome is unknown.</summary>
    public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting;

    /// <summary>Lets go of what the item holds; called once, by the loop, after its end.</summary>
    public virtual void Release() { }
}

/// <summary>Stores a message.</summary>
internal sealed class AcceptItem(StoredMessage message) : WriteItem
{
    private BodyBuffer? _body = message.Body?.Retain();

    public StoredMessage Message => message;

    public override long Bytes => 512 + (message.Body?.Length ?? 0);

    /// <summary>The item's own reference to the body, for the cache; null where there is none.</summary>
    public BodyBuffer? TakeBody() => Interlocked.Exchange(ref _body, null);

    public override void Release() => TakeBody()?.Dispose();
}

/// <summary>Stores one chunk; owns a copy of it.</summary>
internal sealed class ChunkItem(MessageId id, int sequence, BodyBuffer bytes) : WriteItem
{
    public ChunkRow Row { get; } = new(id, sequence, bytes.Memory);

    public override long Bytes => 256 + bytes.Length;

    public override void Release() => bytes.Dispose();
}

/// <summary>Removes the chunks of bodies that never became messages.</summary>
internal sealed class DiscardItem(IReadOnlyCollection<MessageId> ids) : WriteItem
{
    public IReadOnlyCollection<MessageId> Ids => ids;

    public int Removed { get; set; }
}

/// <summary>Removes messages that have lost their last ref and not been removed with it.</summary>
internal sealed class OrphanItem(IReadOnlyCollection<MessageId> ids) : WriteItem
{
    public IReadOnlyCollection<MessageId> Ids => ids;

    public HashSet<MessageId> Removed { get; } = [];
}

/// <summary>Carries out a settlement.</summary>
internal sealed class SettleItem(Settlement settlement, NarrowRow[] narrowed, StoredMessage[] returns) : WriteItem
{
    private readonly BodyBuffer?[] _bodies = Array.ConvertAll(returns, r => r.Body?.Retain());

    public Settlement Settlement => settlement;

    public NarrowRow[] Narrowed => narrowed;

    public StoredMessage[] Returns => returns;

    public SettleResult Result { get; set; }

    public override long Bytes => 512 + returns.Sum(r => (long)(r.Body?.Length ?? 0));

    public BodyBuffer? TakeBody(int index) => Interlocked.Exchange(ref _bodies[index], null);

    public override void Release()
    {
        for (var i = 0; i < _bodies.Length; i++)
            TakeBody(i)?.Dispose();
    }
}

/// <summary>Keeps attempts.</summary>
internal sealed class AttemptItem(AttemptBatch batch) : WriteItem
{
    public AttemptBatch Batch => batch;

    public SettleResult Result { get; set; }

    public override long Bytes { get; } = 256 + batch.Attempts.Sum(a => 64L + a.Record.Length);
}

/// <summary>Removes the attempts of refs that are gone.</summary>
internal sealed class LostAttemptsItem(IReadOnlyCollection<RefId> refs) : WriteItem
{
    public IReadOnlyCollection<RefId> Refs => refs;
}

/// <summary>Raises a partition's epoch.</summary>
internal sealed class EpochItem(int partition, string owner) : WriteItem
{
    public int Partition => partition;

    public string Owner => owner;

    public long Epoch { get; set; }
}

/// <summary>Asks a database that had failed whether it takes writes again.</summary>
internal sealed class ProbeItem : WriteItem;
