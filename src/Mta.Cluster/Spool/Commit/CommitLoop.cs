using System.Threading.Channels;
using Mta.Cluster.Spool.Cache;
using Mta.Cluster.Spool.Telemetry;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// One writer: takes what has gathered, commits it in one transaction, and tells all callers. While a commit is on its way to the disk the
/// next batch gathers, so batches grow with the load and a lone write waits for nothing.
/// </summary>
/// <remarks>
/// When a transaction fails although the database is well, the items are committed one by one, so that only the bad one fails. When the database
/// is lost, all fail, the connection is dropped, and the next batch connects anew.
/// </remarks>
internal sealed class CommitLoop(
    ISpoolDatabase database, SpoolOptions options, Admission admission, BodyCache cache, SpoolMonitor monitor, TimeProvider clock)
{
    private static readonly TimeSpan PauseAfterLoss = TimeSpan.FromMilliseconds(50);

    private readonly Channel<WriteItem> _queue =
        Channel.CreateUnbounded<WriteItem>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly List<WriteItem> _batch = [];
    private readonly WriteItem[] _single = new WriteItem[1];
    private readonly ISpoolWriter _writer = database.CreateWriter();
    private readonly BatchCommit _commit = new(clock);
    private readonly PlainBatch _plain = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts the loop, on a thread of its own where the database blocks.</summary>
    public void Start() =>
        _running = database.Blocks
            ? Task.Factory.StartNew(RunBlocking, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : Task.Run(RunAsync);

    /// <summary>Hands over an item that has been admitted; false after <see cref="StopAsync"/>.</summary>
    public bool TryEnqueue(WriteItem item) => _queue.Writer.TryWrite(item);

    /// <summary>Commits what is queued and ends.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _running.WaitAsync(patience, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            monitor.StopTimedOut(database.Name);
        }
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
            await NextAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    // The database's calls block and complete at once, so nothing here leaves the thread.
    private void RunBlocking()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            NextAsync().GetAwaiter().GetResult();
        _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private async Task NextAsync()
    {
        if (options.CommitDelay > TimeSpan.Zero)
            await Task.Delay(options.CommitDelay, clock).ConfigureAwait(false);
        Gather();
        if (_batch.Count == 0)
            return;
        var lost = await CommitBatchAsync().ConfigureAwait(false);
        foreach (var item in _batch)
            Finish(item);
        _batch.Clear();
        if (lost)
            await Task.Delay(PauseAfterLoss, clock).ConfigureAwait(false);
    }

    private void Gather()
    {
        long bytes = 0;
        while (_batch.Count < options.CommitItems && bytes < options.CommitBytes && _queue.Reader.TryRead(out var item))
        {
            if (item.TryTake())
            {
                _batch.Add(item);
                bytes += item.Bytes;
            }
            else
            {
                Finish(item);
            }
        }
    }

    private void Finish(WriteItem item)
    {
        var bytes = item.Bytes;
        item.Release();
        admission.Leave(bytes);
    }

    /// <summary>True where the database was lost.</summary>
    private async Task<bool> CommitBatchAsync()
    {
        var error = await TryCommitAsync(_batch, _writer is IPlainWriter).ConfigureAwait(false);
        if (error is null)
            return false;
        if (database.IsLost(error))
        {
            Fail(_batch, error);
            return true;
        }
        // A batch of one is tried again as well: the error may have been a deadlock, or a race with another node.
        monitor.BatchSplit(_batch.Count, error);
        return await CommitSinglyAsync().ConfigureAwait(false);
    }

    private async Task<bool> CommitSinglyAsync()
    {
        for (var i = 0; i < _batch.Count; i++)
        {
            _single[0] = _batch[i];
            var error = await TryCommitAsync(_single, mayBePlain: false).ConfigureAwait(false);
            if (error is null)
                continue;
            if (database.IsLost(error))
            {
                Fail(_batch.Skip(i), error);
                return true;
            }
            Refuse(_batch[i], error);
        }
        return false;
    }

    private async Task<Exception?> TryCommitAsync(IReadOnlyList<WriteItem> items, bool mayBePlain)
    {
        var started = clock.GetTimestamp();
        var isPlain = mayBePlain && _plain.TryGather(items);
        try
        {
            if (isPlain)
                await CommitPlainAsync(items).ConfigureAwait(false);
            else
                await CommitInOrderAsync(items).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await _writer.AbandonAsync(database.IsLost(error)).ConfigureAwait(false);
            return error;
        }
        monitor.Committed(items, isPlain ? _plain.SettledRefs : _commit.SettledRefs, clock.GetElapsedTime(started));
        cache.Remove(isPlain ? _plain.Deleted : _commit.Deleted);
        foreach (var item in items)
            Complete(item);
        return null;
    }

    private async ValueTask CommitPlainAsync(IReadOnlyList<WriteItem> items)
    {
        await ((IPlainWriter)_writer).CommitAsync(_plain).ConfigureAwait(false);
        _plain.Judge(items);
    }

    private async ValueTask CommitInOrderAsync(IReadOnlyList<WriteItem> items)
    {
        await _writer.BeginAsync().ConfigureAwait(false);
        await _commit.RunAsync(_writer.Tables, items).ConfigureAwait(false);
        await _writer.CommitAsync().ConfigureAwait(false);
    }

    private void Complete(WriteItem item)
    {
        switch (item)
        {
            case AcceptItem accept:
                cache.Add(accept.Message.Row.Id, accept.TakeBody());
                break;
            case SettleItem { Result: SettleResult.Settled } settle:
                for (var i = 0; i < settle.Returns.Length; i++)
                    cache.Add(settle.Returns[i].Row.Id, settle.TakeBody(i));
                break;
        }
        item.TrySetResult();
    }

    private void Fail(IEnumerable<WriteItem> items, Exception error)
    {
        monitor.Lost(database.Name, error);
        foreach (var item in items)
            item.TrySetException(new SpoolUnavailableException($"{database.Name} failed: {error.Message}", error));
    }

    private void Refuse(WriteItem item, Exception error)
    {
        monitor.Refused(item, error);
        item.TrySetException(
            error as SpoolUnavailableException ?? new SpoolUnavailableException($"{database.Name} refused the write: {error.Message}", error));
    }
}
