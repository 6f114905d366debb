using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// The order of work inside one transaction, the same for every database: raise epochs, store chunks, check settlements against the
/// epochs and carry them out, store messages (accepted ones and notifications), delete bodies without refs, sweep.
/// </summary>
/// <remarks>
/// A settlement may come twice, because its caller did not learn the outcome. It is known for a repetition by having no effect: its refs are gone, or
/// narrow already. Then its notifications and records have been stored before, and perhaps sent since, so they are left out.
/// </remarks>
internal sealed class BatchCommit(TimeProvider clock)
{
    private readonly List<AcceptItem> _accepts = [];
    private readonly List<SettleItem> _settles = [];
    private readonly List<ChunkRow> _chunks = [];
    private readonly List<MessageRow> _messages = [];
    private readonly List<StoredMessage> _candidates = [];
    private readonly List<RefRow> _refs = [];
    private readonly List<RefKey> _finished = [];
    private readonly List<NarrowRow> _narrowed = [];
    private readonly List<ReadOnlyMemory<byte>> _records = [];
    private readonly List<AttemptItem> _attempts = [];
    private readonly List<RefId> _deferred = [];
    private readonly Dictionary<int, long> _epochs = [];
    private readonly HashSet<RefId> _touched = [];
    private readonly HashSet<RefId> _changed = [];
    private readonly HashSet<MessageId> _stored = [];
    private readonly HashSet<MessageId> _orphaned = [];
    private ISpoolTables _tables = null!;

    /// <summary>The messages whose bodies the last run deleted.</summary>
    public HashSet<MessageId> Deleted { get; } = [];

    /// <summary>Refs that the last run deleted.</summary>
    public int SettledRefs { get; private set; }

    /// <summary>Does all the work of a batch; the caller has begun a transaction and commits it.</summary>
    public async ValueTask RunAsync(ISpoolTables tables, IReadOnlyList<WriteItem> batch)
    {
        Clear();
        _tables = tables;
        foreach (var item in batch)
            await StartAsync(item).ConfigureAwait(false);
        if (_chunks.Count > 0)
            await _tables.InsertChunksAsync(_chunks).ConfigureAwait(false);
        if (_settles.Count + _attempts.Count > 0)
            await LockEpochsAsync().ConfigureAwait(false);
        // Before the settlements: who settles a ref has sent its attempts before.
        if (_attempts.Count > 0)
            await KeepAttemptsAsync().ConfigureAwait(false);
        if (_settles.Count > 0)
            await SettleAsync().ConfigureAwait(false);
        foreach (var accept in _accepts)
            _candidates.Add(accept.Message);
        if (_candidates.Count > 0)
            await StoreMessagesAsync().ConfigureAwait(false);
        if (_records.Count > 0)
            await _tables.InsertRecordsAsync(_records).ConfigureAwait(false);
        if (_orphaned.Count > 0)
            await _tables.DeleteBodiesAsync(_orphaned, Deleted).ConfigureAwait(false);
    }

    private void Clear()
    {
        _accepts.Clear();
        _settles.Clear();
        _attempts.Clear();
        _chunks.Clear();
        _messages.Clear();
        _candidates.Clear();
        _refs.Clear();
        _records.Clear();
        _epochs.Clear();
        _stored.Clear();
        _orphaned.Clear();
        Deleted.Clear();
        SettledRefs = 0;
    }

    private async ValueTask StartAsync(WriteItem item)
    {
        switch (item)
        {
            case AcceptItem accept:
                _accepts.Add(accept);
                break;
            case SettleItem settle:
                _settles.Add(settle);
                break;
            case AttemptItem attempts:
                _attempts.Add(attempts);
                break;
            case LostAttemptsItem lost:
                await _tables.DeleteAttemptsAsync(lost.Refs).ConfigureAwait(false);
                break;
            case ChunkItem chunk:
                _chunks.Add(chunk.Row);
                break;
            case EpochItem raise:
                raise.Epoch = await _tables.RaiseEpochAsync(raise.Partition, raise.Owner, Now()).ConfigureAwait(false);
                break;
            case DiscardItem discard:
                discard.Removed = await _tables.DiscardChunksAsync(discard.Ids).ConfigureAwait(false);
                break;
            case OrphanItem orphans:
                await _tables.DeleteBodiesAsync(orphans.Ids, orphans.Removed).ConfigureAwait(false);
                break;
            case ProbeItem:
                await _tables.TouchAsync(Now()).ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"Unknown write {item.GetType().Name}.");
        }
    }

    private async ValueTask LockEpochsAsync()
    {
        foreach (var item in _settles)
            _epochs[item.Settlement.Partition] = 0;
        foreach (var item in _attempts)
            _epochs[item.Batch.Partition] = 0;
        await _tables.LockEpochsAsync([.. _epochs.Keys], _epochs).ConfigureAwait(false);
    }

    private SettleResult Judge(int partition, long epoch) => epoch == _epochs[partition] ? SettleResult.Settled : SettleResult.Fenced;

    // A later attempt takes the place of an earlier one in its slot, also of one in the same transaction.
    private async ValueTask KeepAttemptsAsync()
    {
        var rows = new Dictionary<(RefId, int), AttemptRow>();
        foreach (var item in _attempts)
        {
            item.Result = Judge(item.Batch.Partition, item.Batch.Epoch);
            if (item.Result == SettleResult.Fenced)
                continue;
            foreach (var attempt in item.Batch.Attempts)
            {
                var slot = attempt.Attempt % item.Batch.Kept;
                rows[(attempt.Id, slot)] = new AttemptRow(new RefKey(item.Batch.Partition, attempt.Id), slot, SpoolTime.ToStored(attempt.At), attempt.Record);
            }
        }
        if (rows.Count > 0)
            await _tables.InsertAttemptsAsync([.. rows.Values]).ConfigureAwait(false);
    }

    private async ValueTask SettleAsync()
    {
        var from = 0;
        while (from < _settles.Count)
        {
            var to = EndOfWave(from);
            await SettleWaveAsync(from, to).ConfigureAwait(false);
            from = to;
        }
    }

    /// <summary>
    /// The settlements from an index on that have no ref in common, so that what a statement changed tells which of them had an effect.
    /// A repetition in the same batch opens the next wave.
    /// </summary>
    private int EndOfWave(int from)
    {
        _touched.Clear();
        for (var i = from; i < _settles.Count; i++)
        {
            var item = _settles[i];
            if (i > from && (item.Settlement.Finished.Any(_touched.Contains) || item.Narrowed.Any(n => _touched.Contains(n.Key.Id))))
                return i;
            _touched.UnionWith(item.Settlement.Finished);
            foreach (var narrow in item.Narrowed)
                _touched.Add(narrow.Key.Id);
        }
        return _settles.Count;
    }

    private async ValueTask SettleWaveAsync(int from, int to)
    {
        CollectWave(from, to);
        _changed.Clear();
        if (_finished.Count > 0)
            await _tables.DeleteRefsAsync(_finished, _changed).ConfigureAwait(false);
        SettledRefs += _changed.Count;
        foreach (var id in _changed)
            _orphaned.Add(id.Message);
        _deferred.RemoveAll(id => !_changed.Contains(id));
        if (_deferred.Count > 0)
            await _tables.DeleteAttemptsAsync(_deferred).ConfigureAwait(false);
        if (_narrowed.Count > 0)
            await _tables.NarrowRefsAsync(_narrowed, _changed).ConfigureAwait(false);
        for (var i = from; i < to; i++)
        {
            if (_settles[i].Result == SettleResult.Settled && HadEffect(_settles[i]))
                AddReturns(_settles[i]);
        }
    }

    private void CollectWave(int from, int to)
    {
        _finished.Clear();
        _narrowed.Clear();
        _deferred.Clear();
        for (var i = from; i < to; i++)
        {
            var item = _settles[i];
            var settlement = item.Settlement;
            item.Result = Judge(settlement.Partition, settlement.Epoch);
            if (item.Result == SettleResult.Fenced)
                continue;
            foreach (var id in settlement.Finished)
                _finished.Add(new RefKey(settlement.Partition, id));
            _narrowed.AddRange(item.Narrowed);
            _deferred.AddRange(settlement.Deferred);
        }
    }

    private bool HadEffect(SettleItem item)
    {
        var finished = item.Settlement.Finished;
        if (finished.IsEmpty && item.Narrowed.Length == 0)
            return true;
        return finished.Any(_changed.Contains) || item.Narrowed.Any(n => _changed.Contains(n.Key.Id));
    }

    private void AddReturns(SettleItem item)
    {
        _candidates.AddRange(item.Returns);
        foreach (var record in item.Settlement.Records)
            _records.Add(record);
    }

    private async ValueTask StoreMessagesAsync()
    {
        foreach (var message in _candidates)
        {
            if (!_stored.Add(message.Row.Id))
                continue;
            if (message.Row.ChunkCount > 0 || message.Row.Body is null)
                await CheckChunksAsync(message.Row).ConfigureAwait(false);
            _messages.Add(message.Row);
        }
        _stored.Clear();
        await _tables.InsertMessagesAsync(_messages, _stored).ConfigureAwait(false);
        // A message that was there already keeps the refs that it has left: adding settled ones again would deliver them twice.
        foreach (var message in _candidates)
        {
            if (_stored.Remove(message.Row.Id))
                _refs.AddRange(message.Refs);
        }
        if (_refs.Count > 0)
            await _tables.InsertRefsAsync(_refs).ConfigureAwait(false);
    }

    private async ValueTask CheckChunksAsync(MessageRow row)
    {
        var totals = await _tables.LockChunksAsync(row.Id).ConfigureAwait(false);
        if (totals.Count != row.ChunkCount || totals.Size != row.Size)
        {
            throw new SpoolUnavailableException(
                $"Message {row.Id} has {totals.Count} chunks of {totals.Size} octets stored, not {row.ChunkCount} of {row.Size}; it must be sent again.");
        }
    }

    private long Now() => SpoolTime.ToStored(clock.GetUtcNow());
}
