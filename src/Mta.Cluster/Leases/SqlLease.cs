using Akka.Actor;
using Akka.Coordination;

namespace Mta.Cluster.Leases;

/// <summary>Akka's view of one lease in the database. Akka makes one object for a name, and asks it for one thing after the other or for several at once.</summary>
internal sealed class SqlLease : Lease
{
    private readonly LeaseKeeper _keeper;
    private readonly LeaseTerms _terms;
    // A shard that ends gives back while its successor takes: in this order, or the successor would hold nothing.
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private volatile HeldLease? _held;

    /// <summary>Akka calls it with the settings of <c>lease-class</c>.</summary>
    public SqlLease(LeaseSettings settings, ExtendedActorSystem system)
        : this(settings, LeaseSetup.KeeperOf(system))
    {
    }

    internal SqlLease(LeaseSettings settings, LeaseKeeper keeper)
        : base(settings)
    {
        _keeper = keeper;
        _terms = LeaseTerms.Of(settings);
    }

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(static _ => { });

    /// <inheritdoc/>
    public override Task<bool> Acquire(Action<Exception> leaseLostCallback) => InTurnAsync("acquire", async () =>
        (_held = await _keeper.AcquireAsync(Settings.LeaseName, Settings.OwnerName, _terms, leaseLostCallback).ConfigureAwait(false)) is not null);

    /// <inheritdoc/>
    public override Task<bool> Release() => InTurnAsync("release", async () =>
    {
        if (_held is { } held)
            await _keeper.ReleaseAsync(held).ConfigureAwait(false);
        _held = null;
        return true;
    });

    /// <inheritdoc/>
    public override bool CheckLease() => _held is { } held && _keeper.IsSureOf(held);

    private Task<bool> InTurnAsync(string what, Func<Task<bool>> act)
    {
        lock (_gate)
        {
            var turn = ActAfterAsync(_last, what, act);
            _last = turn;
            return turn;
        }
    }

    private async Task<bool> ActAfterAsync(Task before, string what, Func<Task<bool>> act)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new LeaseException($"cannot {what} the lease {Settings.LeaseName}: {e.Message}", e);
        }
    }
}
