using System.Collections.Concurrent;
using System.Net;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>
/// Addresses that took no connection lately. They are tried last, so that one dead host of several does not cost every connection its timeout. Bounded;
/// safe for all threads.
/// </summary>
internal sealed class FailedAddresses(TimeProvider clock)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<EndPoint, DateTimeOffset> _until = new();

    /// <summary>No connection came about.</summary>
    public void Add(EndPoint address)
    {
        var now = clock.GetUtcNow();
        if (_until.Count >= Most)
            Trim(now);
        if (_until.Count < Most)
            _until[address] = now + Remembered;
    }

    /// <summary>A connection came about.</summary>
    public void Remove(EndPoint address) => _until.TryRemove(address, out _);

    /// <summary>True where the address failed lately.</summary>
    public bool Contains(EndPoint address) => _until.TryGetValue(address, out var until) && clock.GetUtcNow() < until;

    private void Trim(DateTimeOffset now)
    {
        foreach (var (address, until) in _until)
        {
            if (until <= now)
                _until.TryRemove(address, out _);
        }
    }
}
