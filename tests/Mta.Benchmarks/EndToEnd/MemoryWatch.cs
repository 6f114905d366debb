namespace Mta.Benchmarks.EndToEnd;

/// <summary>
/// The most memory that a server's processes hold together, looked at twice a second. It is the proportional set size: a page that several
/// processes share counts once.
/// </summary>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly IServerUnderTest _server;
    private readonly Task _watching;
    private long _peak;

    public MemoryWatch(IServerUnderTest server)
    {
        _server = server;
        _watching = WatchAsync();
    }

    /// <summary>Octets at most, so far.</summary>
    public long Peak => Volatile.Read(ref _peak);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        do
        {
            var now = _server.Processes.Sum(ServerCost.ResidentOrNone);
            Volatile.Write(ref _peak, Math.Max(Volatile.Read(ref _peak), now));
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!_stop.IsCancellationRequested);
    }
}
