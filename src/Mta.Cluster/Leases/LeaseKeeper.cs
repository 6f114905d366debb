using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Leases;

/// <summary>
/// Keeps all leases of a node: renews those that go together in one statement, and knows of each until when it is sure. The law of a lease:
/// <code>
/// free ─acquired─▶ sure ─renewed in time─▶ sure
/// sure ─not renewed in time─▶ lost, or unsure where it waits for the database
/// unsure ─renewed─▶ sure
/// sure, unsure ─renewal refused: another has taken it─▶ lost
/// sure, unsure ─released─▶ free
/// </code>
/// Time is measured by a clock that nobody sets, from before a request was sent; the database measures from when it carries it out. So the node's time is over first, whatever
/// the time of day is on either.
/// </summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly ILeaseStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HeldLease> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Owner, LeaseTerms Terms), RenewalRound> _rounds = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;
    private long _sureUntil = long.MaxValue;
    private bool _isUnsure;

    public LeaseKeeper(ILeaseStore store, TimeProvider clock, ILogger<LeaseKeeper> log)
    {
        _store = store;
        _clock = clock;
        _log = log;
        _looking = LookAsync();
    }

    /// <summary>False while a lease that waits for the database is unsure: whoever works by such a lease begins nothing then. Cheap, from any thread.</summary>
    public bool IsSure => _clock.GetTimestamp() < Volatile.Read(ref _sureUntil);

    /// <summary>Takes a lease and keeps it.</summary>
    /// <param name="name">The lease.</param>
    /// <param name="owner">Who wants it.</param>
    /// <param name="terms">How it is to be held.</param>
    /// <param name="lost">Told once, when it is lost.</param>
    /// <returns>The lease; null where another holds it.</returns>
    /// <exception cref="TimeoutException">The database did not answer in time.</exception>
    public async Task<HeldLease?> AcquireAsync(string name, string owner, LeaseTerms terms, Action<Exception> lost)
    {
        var (sent, version) = await WithinAsync(
            terms.OperationTimeout,
            async cancel =>
            {
                var sent = _clock.GetTimestamp();
                return (sent, await _store.AcquireAsync(name, owner, terms.Time, cancel).ConfigureAwait(false));
            }).ConfigureAwait(false);
        return version is { } taken ? Keep(new HeldLease(new LeaseKey(name, taken), owner, terms, lost), sent) : null;
    }

    /// <summary>Keeps a lease that another node has taken for the same owner: they hold it together.</summary>
    public HeldLease Share(LeaseKey key, string owner, LeaseTerms terms, Action<Exception> lost)
    {
        // Sure with the first renewal, which comes at once.
        var lease = Keep(new HeldLease(key, owner, terms, lost), _clock.GetTimestamp());
        lock (_gate)
            _rounds.Remove(lease.Group);
        return lease;
    }

    /// <summary>Renews it no more, and gives it back.</summary>
    /// <exception cref="TimeoutException">The database did not answer in time; the lease ends by itself.</exception>
    public Task ReleaseAsync(HeldLease lease)
    {
        Forget(lease);
        return WithinAsync(
            lease.Terms.OperationTimeout,
            async cancel =>
            {
                await _store.ReleaseAsync(lease.Owner, lease.Key, cancel).ConfigureAwait(false);
                return true;
            });
    }

    /// <summary>Renews it no more; others of the same owner go on.</summary>
    public void Forget(HeldLease lease)
    {
        lock (_gate)
        {
            if (IsHeld(lease))
                _held.Remove(lease.Key.Name);
            FindSureUntil();
        }
    }

    /// <summary>Renews nothing more: the actors that worked by the leases have ended, and what they have not given back ends by itself.</summary>
    public void ForgetAll()
    {
        lock (_gate)
        {
            _held.Clear();
            FindSureUntil();
        }
    }

    /// <summary>What the database says of a lease.</summary>
    /// <exception cref="TimeoutException">The database did not answer in time.</exception>
    public Task<LeaseRow?> ReadAsync(string name, TimeSpan timeout) => WithinAsync(timeout, cancel => _store.ReadAsync(name, cancel));

    /// <summary>True where the lease is held and nobody else can have it at this moment.</summary>
    public bool IsSureOf(HeldLease lease)
    {
        lock (_gate)
            return IsHeld(lease) && _clock.GetTimestamp() < lease.SureUntil;
    }

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
            return;
        await _end.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private HeldLease Keep(HeldLease lease, long sent)
    {
        lock (_gate)
        {
            lease.SureUntil = sent + Ticks(lease.Terms.SureFor);
            _held[lease.Key.Name] = lease;
            _rounds.TryAdd(lease.Group, new RenewalRound(_clock.GetTimestamp() + Ticks(lease.Terms.RenewEvery)));
            FindSureUntil();
        }
        return lease;
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
            {
                EndOverdue();
                BeginRenewals();
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private void EndOverdue()
    {
        List<HeldLease> overdue;
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            overdue = [.. _held.Values.Where(l => !l.Terms.WaitsForDatabase && l.SureUntil <= now)];
            Remove(overdue);
            LogSureness(now);
        }
        TellLost(overdue, "could not be renewed for so long that another may take it");
    }

    private void LogSureness(long now)
    {
        var isUnsure = now >= _sureUntil;
        if (isUnsure == _isUnsure)
            return;
        _isUnsure = isUnsure;
        if (isUnsure)
            _log.LeasesUnsure();
        else
            _log.LeasesSure();
    }

    private void BeginRenewals()
    {
        lock (_gate)
        {
            var now = _clock.GetTimestamp();
            foreach (var group in _held.Values.GroupBy(l => l.Group))
            {
                if (!_rounds.TryGetValue(group.Key, out var round))
                    _rounds.Add(group.Key, round = new RenewalRound(now));
                if (round.IsUnderWay || round.NextAt > now)
                    continue;
                round.IsUnderWay = true;
                round.NextAt = now + Ticks(group.Key.Terms.RenewEvery);
                _ = RenewAsync(group.Key.Owner, group.Key.Terms, [.. group], round);
            }
        }
    }

    private async Task RenewAsync(string owner, LeaseTerms terms, HeldLease[] leases, RenewalRound round)
    {
        try
        {
            var sent = _clock.GetTimestamp();
            using var limit = new CancellationTokenSource(terms.OperationTimeout, _clock);
            var keys = Array.ConvertAll(leases, l => l.Key);
            var renewed = await _store.RenewAsync(owner, keys, terms.Time, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            Renewed(leases, renewed, sent);
            round.Succeeded(_log);
        }
#pragma warning disable CA1031 // Whatever the provider throws, the next round tries again, and the clock decides.
        catch (Exception error)
#pragma warning restore CA1031
        {
            round.Failed(_log, error);
            lock (_gate)
                round.NextAt = Math.Min(round.NextAt, _clock.GetTimestamp() + Ticks(RetryAfter));
        }
        finally
        {
            lock (_gate)
                round.IsUnderWay = false;
        }
    }

    private void Renewed(HeldLease[] leases, IReadOnlySet<string> renewed, long sent)
    {
        List<HeldLease> refused;
        lock (_gate)
        {
            foreach (var lease in leases.Where(l => renewed.Contains(l.Key.Name)))
                lease.SureUntil = sent + Ticks(lease.Terms.SureFor);
            // Released, or acquired anew, while the renewal was on its way: nobody is to be told.
            refused = [.. leases.Where(l => !renewed.Contains(l.Key.Name) && IsHeld(l))];
            Remove(refused);
        }
        TellLost(refused, "has been taken by another");
    }

    private void Remove(List<HeldLease> leases)
    {
        foreach (var lease in leases)
            _held.Remove(lease.Key.Name);
        FindSureUntil();
    }

    private void TellLost(List<HeldLease> leases, string why)
    {
        foreach (var lease in leases)
        {
            _log.LeaseLost(lease.Key.Name, why);
            lease.Lost(new LeaseLostException($"the lease {lease.Key.Name} {why}"));
        }
    }

    private bool IsHeld(HeldLease lease) => _held.TryGetValue(lease.Key.Name, out var held) && ReferenceEquals(held, lease);

    private void FindSureUntil() => Volatile.Write(
        ref _sureUntil, _held.Values.Where(l => l.Terms.WaitsForDatabase).Select(l => l.SureUntil).DefaultIfEmpty(long.MaxValue).Min());

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _clock.TimestampFrequency);

    // A first failure may be a connection that broke long ago, unnoticed; so there is more than one try while there is time.
    private async Task<T> WithinAsync<T>(TimeSpan time, Func<CancellationToken, Task<T>> call)
    {
        using var limit = new CancellationTokenSource(time, _clock);
        Exception? last = null;
        while (true)
        {
            try
            {
                return await call(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception) when (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"the database of the leases did not answer within {time.TotalSeconds} s", last);
            }
#pragma warning disable CA1031 // Whatever the provider throws is tried again until the time is over.
            catch (Exception error)
#pragma warning restore CA1031
            {
                last = error;
            }
            await Task.Delay(RetryAfter, _clock, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
