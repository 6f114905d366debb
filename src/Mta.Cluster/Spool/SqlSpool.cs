using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Spool.Bodies;
using Mta.Cluster.Spool.Cache;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.Search;
using Mta.Cluster.Spool.Sql;
using Mta.Cluster.Spool.Telemetry;
using Mta.Queueing;

namespace Mta.Cluster.Spool;

/// <summary>
/// The spool on SQL: callers' writes become items, which the commit loops take in batches; reads go their own way. What differs between databases is
/// behind <see cref="ISpoolDatabase"/>.
/// </summary>
internal sealed partial class SqlSpool : ISpool, IAsyncDisposable
{
    private const int SweepPortion = 200;

    private readonly ISpoolDatabase _database;
    private readonly SpoolOptions _options;
    private readonly int _partitions;
    private readonly TimeProvider _clock;
    private readonly BodyCache _cache;
    private readonly SpoolMetrics _metrics;
    private readonly SpoolMonitor _monitor;
    private readonly CommitQueue _queue;

    public SqlSpool(
        ISpoolDatabase database, SpoolOptions options, int partitions, SpoolHealth health, ILogger<SqlSpool> logger, TimeProvider clock)
    {
        _database = database;
        _options = options;
        _partitions = partitions;
        _clock = clock;
        _cache = new BodyCache(options.CacheBytes);
        var admission = new Admission(options.QueueItems, options.QueueBytes);
        _metrics = new SpoolMetrics(admission, _cache);
        _monitor = new SpoolMonitor(logger, health, _metrics, database.Name);
        _queue = new CommitQueue(database, options, admission, _cache, _monitor, health, clock);
    }

    /// <summary>Octets that the body cache holds; for tests.</summary>
    internal long CachedBytes => _cache.Bytes;

    /// <summary>This spool's meter; for tests.</summary>
    internal System.Diagnostics.Metrics.Meter Meter => _metrics.Meter;

    public async Task OpenAsync(CancellationToken cancel)
    {
        try
        {
            await _database.OpenSchemaAsync(_partitions, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (SpoolSchemaException or SpoolUnavailableException or OperationCanceledException))
        {
            throw Unavailable(error);
        }
        _queue.Start();
        _monitor.Opened(_partitions, _database.Writers);
    }

    public async Task AcceptAsync(NewMessage message, CancellationToken cancel)
    {
        var item = new AcceptItem(StoredMessage.From(message, _partitions));
        await _queue.SubmitAsync(item, message.Id.Value.GetHashCode(), cancel).ConfigureAwait(false);
    }

    public IChunkedBodyWriter WriteChunks(MessageId id) => new ChunkedBodyWriter(id, _queue);

    public async Task<SettleResult> SettleAsync(Settlement settlement, CancellationToken cancel)
    {
        var narrowed = settlement.Narrowed.Select(n => Narrow(settlement.Partition, n)).ToArray();
        if (narrowed.Length > 1 && narrowed.DistinctBy(n => n.Key).Count() != narrowed.Length)
            throw new ArgumentException("A settlement narrows a ref at most once.", nameof(settlement));
        var returns = settlement.Returns.Select(r => StoredMessage.From(r, _partitions)).ToArray();
        var item = new SettleItem(settlement, narrowed, returns);
        await _queue.SubmitAsync(item, settlement.Partition, cancel).ConfigureAwait(false);
        return item.Result;
    }

    public async Task<long> RaiseEpochAsync(int partition, string owner, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)partition, (uint)_partitions);
        var item = new EpochItem(partition, owner);
        await _queue.SubmitAsync(item, partition, cancel).ConfigureAwait(false);
        return item.Epoch;
    }

    public async IAsyncEnumerable<StoredRef> ReadRefsAsync(
        int partition, DateTimeOffset? acceptedFrom, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = RefPosition.Before(acceptedFrom);
        while (true)
        {
            var page = await ReadAsync(_database.Reader.ReadRefPageAsync(partition, after, cancel)).ConfigureAwait(false);
            foreach (var row in page)
                yield return row;
            if (page.Count < SpoolReader.PageSize)
                yield break;
            after = RefPosition.Behind(page[^1]);
        }
    }

    public async Task<IReadOnlyList<SearchedRef>> SearchAsync(int partition, SearchCriteria criteria, StoredRef? after, CancellationToken cancel) => await ReadAsync(
        _database.Searcher.ReadPageAsync(partition, criteria, after is { } last ? RefPosition.Behind(last) : RefPosition.Before(null), cancel)).ConfigureAwait(false);

    public async Task<ILookup<int, RefId>?> FindAsync(SearchCriteria criteria, int most, CancellationToken cancel) =>
        (await ReadAsync(_database.Searcher.FindAsync(criteria, most, cancel)).ConfigureAwait(false))?.ToLookup(key => key.Partition, key => key.Id);

    public async Task<IReadOnlyList<QueuedRef>> ReadEnvelopesAsync(int partition, IReadOnlyList<RefId> ids, CancellationToken cancel) =>
        ids.Count == 0 ? [] : await ReadAsync(_database.Reader.ReadEnvelopesAsync(partition, ids, cancel)).ConfigureAwait(false);

    public ValueTask<IMessageBody?> OpenBodyAsync(MessageId id, CancellationToken cancel)
    {
        var cached = _cache.TryGet(id);
        _monitor.CacheUsed(cached is not null);
        return cached is not null ? new(new InlineBody(cached)) : new(ReadBodyAsync(id, cancel));
    }

    public async Task<SweepResult> SweepAsync(TimeSpan olderThan, CancellationToken cancel)
    {
        var before = SpoolTime.LowestId(_clock.GetUtcNow() - olderThan);
        var chunks = 0;
        await foreach (var ids in FindOrphansAsync(chunks: true, before, cancel).ConfigureAwait(false))
        {
            var item = new DiscardItem(ids);
            await _queue.SubmitAsync(item, 0, cancel).ConfigureAwait(false);
            chunks += item.Removed;
        }
        var messages = 0;
        await foreach (var ids in FindOrphansAsync(chunks: false, before, cancel).ConfigureAwait(false))
        {
            var item = new OrphanItem(ids);
            await _queue.SubmitAsync(item, 0, cancel).ConfigureAwait(false);
            messages += item.Removed.Count;
        }
        var result = new SweepResult(chunks, messages, await SweepAttemptsAsync(before, cancel).ConfigureAwait(false));
        _monitor.Swept(result);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
        _cache.Dispose();
        _metrics.Dispose();
    }

    // Found by readers, in portions, so that the search holds up no commit; the commit looks again before it deletes.
    private async IAsyncEnumerable<List<MessageId>> FindOrphansAsync(
        bool chunks, MessageId before, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = new MessageId(Guid.Empty);
        while (true)
        {
            var ids = await ReadAsync(_database.Reader.FindOrphansAsync(chunks, after, before, SweepPortion, cancel)).ConfigureAwait(false);
            if (ids.Count == 0)
                yield break;
            yield return ids;
            after = ids[^1];
        }
    }

    private async Task<IMessageBody?> ReadBodyAsync(MessageId id, CancellationToken cancel)
    {
        var row = await ReadAsync(_database.Reader.ReadBodyAsync(id, cancel)).ConfigureAwait(false);
        if (row is null)
        {
            _monitor.BodyMissing(id);
            return null;
        }
        return row.Inline is { } inline
            ? new InlineBody(inline)
            : new ChunkedMessageBody(id, row, (sequence, token) => ReadAsync(_database.Reader.ReadChunkAsync(id, sequence, token)));
    }

    private async Task<T> ReadAsync<T>(Task<T> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (_database.IsLost(error))
                _monitor.Lost(_database.Name, error);
            throw Unavailable(error);
        }
    }

    private SpoolUnavailableException Unavailable(Exception error) => new($"{_database.Name} failed: {error.Message}", error);

    private static NarrowRow Narrow(int partition, NarrowedRef narrowed)
    {
        if (narrowed.Recipients.IsDefaultOrEmpty)
            throw new ArgumentException($"Ref {narrowed.Id} would be left without a recipient; finish it instead.", nameof(narrowed));
        return new NarrowRow(
            new RefKey(partition, narrowed.Id), narrowed.DelayNotified ? RefFlags.DelayNotified : 0, EnvelopeCodec.WriteRecipients(narrowed.Recipients));
    }
}
