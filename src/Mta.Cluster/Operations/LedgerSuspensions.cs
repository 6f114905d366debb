using Mta.Cluster.Contracts;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Orders suspensions with the ledger.</summary>
/// <param name="ledger">Asks it.</param>
/// <param name="clock">The time.</param>
internal sealed class LedgerSuspensions(LedgerAsk ledger, TimeProvider clock) : ISuspensions
{
    /// <inheritdoc/>
    public async Task<SuspensionsHeld> ListAsync(CancellationToken cancel) => Held(await ledger.AskAsync<SuspensionsStand>(new ListSuspensions(Ledger.Partition), cancel).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<SuspensionOrdered?> SuspendAsync(SuspensionScope scope, DateTimeOffset? until, string by, string reason, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var ordered = new Suspension(Guid.CreateVersion7(now).ToString("N"), scope, now, until, by, reason);
        var stand = await ledger.AskAsync<SuspensionsStand>(new OrderSuspension(Ledger.Partition, ordered), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? new SuspensionOrdered(ordered, stand.Pending) : null;
    }

    /// <inheritdoc/>
    public async Task<SuspensionsHeld?> ResumeAsync(string id, CancellationToken cancel)
    {
        var stand = await ledger.AskAsync<SuspensionsStand>(new LiftSuspension(Ledger.Partition, id), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? Held(stand) : null;
    }

    private SuspensionsHeld Held(SuspensionsStand stand) => new(stand.Set.Standing(clock.GetUtcNow()), stand.Pending);
}
