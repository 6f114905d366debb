using System.Collections.Immutable;
using Mta.Cluster.Contracts;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Orders jobs with the ledger.</summary>
/// <param name="ledger">Asks it.</param>
/// <param name="clock">The time.</param>
internal sealed class LedgerJobs(LedgerAsk ledger, TimeProvider clock) : IMessageJobs
{
    /// <inheritdoc/>
    public MessageJob Draft(JobAction action, MessageFilter filter, string reason, string by)
    {
        var now = clock.GetUtcNow();
        return new MessageJob(Guid.CreateVersion7(now).ToString("N"), action, filter, reason, now, by);
    }

    /// <summary>Orders what is drafted by this.</summary>
    public Task<JobStatus?> OrderAsync(JobAction action, MessageFilter filter, string reason, string by, CancellationToken cancel) =>
        OrderAsync(Draft(action, filter, reason, by), cancel);

    /// <inheritdoc/>
    public async Task<JobStatus?> OrderAsync(MessageJob job, CancellationToken cancel)
    {
        var stand = await ledger.AskAsync<JobsStand>(new OrderJob(Ledger.Partition, job), cancel).ConfigureAwait(false);
        return stand.Outcome == OrderOutcome.Done ? stand.Jobs.Single() : null;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<JobStatus>> ListAsync(CancellationToken cancel) =>
        (await ledger.AskAsync<JobsStand>(new ListJobs(Ledger.Partition, ""), cancel).ConfigureAwait(false)).Jobs;

    /// <inheritdoc/>
    public async Task<JobStatus?> FindAsync(string id, CancellationToken cancel) =>
        (await ledger.AskAsync<JobsStand>(new ListJobs(Ledger.Partition, id), cancel).ConfigureAwait(false)).Jobs.SingleOrDefault();
}
