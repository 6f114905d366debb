using System.Collections.Concurrent;
using Mta.Cluster.Leases;

namespace Mta.Cluster.Tests.Leases;

/// <summary>The store's rules on a clock of its own, in memory; it can be away, and it can hang.</summary>
internal sealed class FakeLeaseStore(TimeProvider clock) : ILeaseStore
{
    private readonly Dictionary<string, (string Owner, long Version, DateTimeOffset Expires)> _rows = [];

    public bool IsAway { get; set; }

    public bool Hangs { get; set; }

    /// <summary>How many leases each renewal named.</summary>
    public ConcurrentQueue<int> Renewals { get; } = new();

    public async Task<long?> AcquireAsync(string name, string owner, TimeSpan time, CancellationToken cancel)
    {
        await ArriveAsync(cancel);
        lock (_rows)
        {
            var found = _rows.TryGetValue(name, out var row);
            if (found && row.Owner != owner && row.Expires > clock.GetUtcNow())
                return null;
            _rows[name] = (owner, found ? row.Version + 1 : 1, clock.GetUtcNow() + time);
            return _rows[name].Version;
        }
    }

    public async Task<IReadOnlySet<string>> RenewAsync(string owner, IReadOnlyCollection<LeaseKey> leases, TimeSpan time, CancellationToken cancel)
    {
        Renewals.Enqueue(leases.Count);
        await ArriveAsync(cancel);
        lock (_rows)
        {
            var mine = leases.Where(l => _rows.TryGetValue(l.Name, out var row) && row.Owner == owner && row.Version == l.Version).ToList();
            foreach (var lease in mine)
                _rows[lease.Name] = (owner, lease.Version, clock.GetUtcNow() + time);
            return mine.Select(l => l.Name).ToHashSet();
        }
    }

    public async Task ReleaseAsync(string owner, LeaseKey lease, CancellationToken cancel)
    {
        await ArriveAsync(cancel);
        lock (_rows)
        {
            if (_rows.TryGetValue(lease.Name, out var row) && row.Owner == owner && row.Version == lease.Version)
                _rows[lease.Name] = ("", lease.Version, default);
        }
    }

    public async Task<LeaseRow?> ReadAsync(string name, CancellationToken cancel)
    {
        await ArriveAsync(cancel);
        lock (_rows)
            return _rows.TryGetValue(name, out var row) && row.Owner.Length > 0 ? new LeaseRow(row.Owner, row.Version, row.Expires - clock.GetUtcNow()) : null;
    }

    public ValueTask DisposeAsync() => default;

    private Task ArriveAsync(CancellationToken cancel)
    {
        if (Hangs)
            return Task.Delay(Timeout.Infinite, cancel);
        return IsAway ? Task.FromException(new IOException("the database is away")) : Task.CompletedTask;
    }
}
