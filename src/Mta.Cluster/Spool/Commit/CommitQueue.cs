using Mta.Cluster.Spool.Cache;
using Mta.Cluster.Spool.Telemetry;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// The way from callers to the commit loops: bounded, and never longer than the write timeout. Writes of one partition, and those of one
/// message, always take the same loop, so that they are in order and do not wait for each other's row locks.
/// </summary>
internal sealed class CommitQueue : IAsyncDisposable
{
    private readonly CommitLoop[] _loops;
    private readonly SpoolOptions _options;
    private readonly Admission _admission;
    private readonly SpoolHealth _health;
    private readonly TimeProvider _clock;
    private readonly ITimer _probe;
    private readonly string _database;
    private int _started;
    private int _probing;

    public CommitQueue(
        ISpoolDatabase database, SpoolOptions options, Admission admission, BodyCache cache, SpoolMonitor monitor, SpoolHealth health, TimeProvider clock)
    {
        _database = database.Name;
        _options = options;
        _admission = admission;
        _health = health;
        _clock = clock;
        _loops = new CommitLoop[database.Writers];
        for (var i = 0; i < _loops.Length; i++)
            _loops[i] = new CommitLoop(database, options, admission, cache, monitor, clock);
        _probe = clock.CreateTimer(_ => ProbeIfFailed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the loops and the probe; a second call does nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            return;
        foreach (var loop in _loops)
            loop.Start();
        _probe.Change(_options.ProbeInterval, _options.ProbeInterval);
    }

    /// <summary>Completes when the item has been committed.</summary>
    /// <exception cref="SpoolUnavailableException">It failed, or took longer than the write timeout.</exception>
    public async Task SubmitAsync(WriteItem item, int lane, CancellationToken cancel)
    {
        var started = _clock.GetTimestamp();
        await EnterAsync(item, cancel).ConfigureAwait(false);
        if (Volatile.Read(ref _started) == 0 || !_loops[(uint)lane % (uint)_loops.Length].TryEnqueue(item))
        {
            Withdraw(item);
            throw new SpoolUnavailableException($"{_database} is not open.");
        }
        var left = _options.WriteTimeout - _clock.GetElapsedTime(started);
        try
        {
            await item.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            GiveUp(item);
            throw TimedOut(error);
        }
        catch (OperationCanceledException)
        {
            GiveUp(item);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _probe.DisposeAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _started, 0) != 0)
            await Task.WhenAll(_loops.Select(loop => loop.StopAsync(_options.WriteTimeout))).ConfigureAwait(false);
    }

    private async ValueTask EnterAsync(WriteItem item, CancellationToken cancel)
    {
        try
        {
            await _admission.EnterAsync(item.Bytes, _options.WriteTimeout, _clock, cancel).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            item.Release();
            if (error is TimeoutException)
                throw TimedOut(error);
            throw;
        }
    }

    private void Withdraw(WriteItem item)
    {
        var bytes = item.Bytes;
        item.Release();
        _admission.Leave(bytes);
    }

    private static void GiveUp(WriteItem item)
    {
        if (!item.TryGiveUp())
            _ = item.Task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private SpoolUnavailableException TimedOut(Exception error) =>
        new($"{_database} did not store the write within {_options.WriteTimeout.TotalSeconds} s.", error);

    private void ProbeIfFailed()
    {
        if (!_health.IsAvailable && Interlocked.Exchange(ref _probing, 1) == 0)
            _ = ProbeAsync();
    }

    private async Task ProbeAsync()
    {
        try
        {
            await SubmitAsync(new ProbeItem(), 0, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SpoolUnavailableException)
        {
            // Still failed; the timer asks again.
        }
        finally
        {
            Volatile.Write(ref _probing, 0);
        }
    }
}
