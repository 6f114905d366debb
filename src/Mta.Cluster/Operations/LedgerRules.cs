using Mta.Cluster.Contracts;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Orders standing holds and routes with the ledger.</summary>
/// <param name="ledger">Asks it.</param>
/// <param name="clock">The time.</param>
internal sealed class LedgerRules(LedgerAsk ledger, TimeProvider clock) : IStandingRules
{
    /// <inheritdoc/>
    public async Task<RulesHeld> ListAsync(CancellationToken cancel) => Held(await AskAsync(new ListRules(Ledger.Partition), cancel).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<HoldOrdered?> HoldAsync(MessageFilter filter, DateTimeOffset? until, string by, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rule = new HoldRule(NewId(now), filter, now, until, by, reason);
        var stand = await AskAsync(new OrderHold(Ledger.Partition, rule), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? new HoldOrdered(rule, stand.Pending) : null;
    }

    /// <inheritdoc/>
    public async Task<HoldEnded> EndHoldAsync(string id, string by, CancellationToken cancel)
    {
        var job = NewId(clock.GetUtcNow());
        var stand = await AskAsync(new LiftHold(Ledger.Partition, id, job, by), cancel).ConfigureAwait(false);
        return new HoldEnded(stand.Outcome, job, Held(stand));
    }

    /// <inheritdoc/>
    public async Task<RouteOrdered?> RouteAsync(string domains, string via, DateTimeOffset? until, string by, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rule = new RouteRule(NewId(now), domains, via, now, until, by, reason);
        var stand = await AskAsync(new OrderRoute(Ledger.Partition, rule), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? new RouteOrdered(rule, stand.Pending) : null;
    }

    /// <inheritdoc/>
    public async Task<RulesHeld?> EndRouteAsync(string id, CancellationToken cancel)
    {
        var stand = await AskAsync(new LiftRoute(Ledger.Partition, id), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? Held(stand) : null;
    }

    private Task<RulesStand> AskAsync(ILedgerMessage message, CancellationToken cancel) => ledger.AskAsync<RulesStand>(message, cancel);

    private RulesHeld Held(RulesStand stand)
    {
        var set = stand.Set;
        return new RulesHeld(set with { Routes = set.StandingRoutes(clock.GetUtcNow()) }, stand.Pending);
    }

    private static string NewId(DateTimeOffset now) => Guid.CreateVersion7(now).ToString("N");
}
