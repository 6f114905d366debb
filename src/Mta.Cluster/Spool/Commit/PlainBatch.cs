using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// The batch of the usual case, which a database can commit in one round trip: new messages with their bodies in their rows, and settlements that finish refs and do nothing
/// else. No statement of it waits for the outcome of another: which settlements are fenced, the database decides by the epochs that stand beside the refs.
/// Everything else, and a batch that failed, takes the order of <see cref="BatchCommit"/>.
/// </summary>
internal sealed class PlainBatch
{
    private readonly HashSet<MessageId> _stored = [];
    private readonly HashSet<MessageId> _finished = [];
    private readonly Dictionary<int, long> _epochs = [];

    /// <summary>Messages, each once.</summary>
    public List<MessageRow> Messages { get; } = [];

    /// <summary>The messages' refs.</summary>
    public List<RefRow> Refs { get; } = [];

    /// <summary>Refs to delete where the epoch is their partition's.</summary>
    public List<FinishedRow> Finished { get; } = [];

    /// <summary>The messages of the finished refs, each once: those of which no ref is left go with their bodies.</summary>
    public IReadOnlyCollection<MessageId> Candidates => _finished;

    /// <summary>The partitions of the settlements; their epochs are to be locked first.</summary>
    public IReadOnlyCollection<int> Partitions => _epochs.Keys;

    /// <summary>Refs that were deleted; the writer sets it.</summary>
    public int SettledRefs { get; set; }

    /// <summary>Messages that were deleted; the writer adds them.</summary>
    public HashSet<MessageId> Deleted { get; } = [];

    /// <summary>Takes the batch's items; false where one of them is not of the usual case.</summary>
    public bool TryGather(IReadOnlyList<WriteItem> items)
    {
        Clear();
        foreach (var item in items)
        {
            if (!TryAdd(item))
                return false;
        }
        return true;
    }

    /// <summary>A partition's epoch as the writer found it.</summary>
    public void SetEpoch(int partition, long epoch) => _epochs[partition] = epoch;

    /// <summary>Tells each settlement what came of it.</summary>
    public void Judge(IReadOnlyList<WriteItem> items)
    {
        foreach (var item in items)
        {
            if (item is SettleItem { Settlement: var settlement } settle)
                settle.Result = settlement.Epoch == _epochs[settlement.Partition] ? SettleResult.Settled : SettleResult.Fenced;
        }
    }

    private bool TryAdd(WriteItem item)
    {
        switch (item)
        {
            case AcceptItem { Message: { Row: { Body: not null, ChunkCount: 0 } row, Refs: var refs } }:
                if (_stored.Add(row.Id))
                {
                    Messages.Add(row);
                    Refs.AddRange(refs);
                }
                return true;
            case SettleItem { Narrowed: [], Returns: [], Settlement: { Records: [], Deferred: [] } settlement }:
                _epochs[settlement.Partition] = 0;
                foreach (var id in settlement.Finished)
                {
                    Finished.Add(new FinishedRow(new RefKey(settlement.Partition, id), settlement.Epoch));
                    _finished.Add(id.Message);
                }
                return true;
            default:
                return false;
        }
    }

    private void Clear()
    {
        _stored.Clear();
        _finished.Clear();
        _epochs.Clear();
        Messages.Clear();
        Refs.Clear();
        Finished.Clear();
        Deleted.Clear();
        SettledRefs = 0;
    }
}

/// <summary>A ref that is to be deleted, and the epoch in which its partition's owner wants that.</summary>
internal readonly record struct FinishedRow(RefKey Key, long Epoch);
