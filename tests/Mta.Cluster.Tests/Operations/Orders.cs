using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>What an operator does to a harness: orders jobs, standing holds and standing routes, and looks at mail.</summary>
internal static class Orders
{
    public static readonly QueuePace Pace = QueueHarness.Quick with { TellEvery = TimeSpan.FromMilliseconds(50) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static LedgerJobs Jobs(this QueueHarness harness) => new(new LedgerAsk(harness.Services.Partitions, TimeProvider.System, QueueHarness.Patience), TimeProvider.System);

    public static LedgerRules Rules(this QueueHarness harness) => new(new LedgerAsk(harness.Services.Partitions, TimeProvider.System, QueueHarness.Patience), TimeProvider.System);

    public static MessageFilter To(string domains) => MessageFilter.All with { Domains = domains };

    /// <summary>Orders a job, and waits for its end.</summary>
    /// <returns>Its count.</returns>
    public static async Task<long> DoAsync(this QueueHarness harness, JobAction action, MessageFilter filter, Func<MessageJob, MessageJob>? more = null)
    {
        var draft = harness.Jobs().Draft(action, filter, "", "otto");
        var ordered = (await harness.Jobs().OrderAsync(more is null ? draft : more(draft), Cancel))!;
        return await harness.EndedAsync(ordered.Job.Id);
    }

    /// <summary>Waits for the end of a job.</summary>
    /// <returns>Its count.</returns>
    public static async Task<long> EndedAsync(this QueueHarness harness, string job)
    {
        JobStatus? status = null;
        await Eventually.IsSoAsync(
            async () => (status = await harness.Jobs().FindAsync(job, Cancel)) is { EndedAt: not null }, () => $"{status}\n{string.Join('\n', harness.Log.All)}");
        return status!.Count;
    }

    /// <summary>Orders a standing hold, and waits until it has held what was queued.</summary>
    /// <returns>The hold, and how much that was.</returns>
    public static async Task<(HoldRule Rule, long Count)> HoldAsync(this QueueHarness harness, MessageFilter filter, DateTimeOffset? until = null)
    {
        var ordered = (await harness.Rules().HoldAsync(filter, until, "otto", "asked the customer", Cancel))!;
        Assert.Empty(ordered.Pending);
        return (ordered.Rule, await harness.EndedAsync(ordered.Rule.Id));
    }

    /// <summary>Ends a standing hold, and waits until it has released what it held.</summary>
    /// <returns>How much that was.</returns>
    public static async Task<long> EndHoldAsync(this QueueHarness harness, string id)
    {
        var ended = await harness.Rules().EndHoldAsync(id, "otto", Cancel);
        Assert.Equal(OrderOutcome.Done, ended.Outcome);
        return await harness.EndedAsync(ended.Job);
    }

    /// <summary>The mail that a filter means.</summary>
    public static async Task<MessagesFound> FindAsync(this QueueHarness harness, MessageFilter filter) =>
        await harness.Partition.Ask<MessagesFound>(new FindMessages(0, filter, default, 100), QueueHarness.Patience, Cancel);

    /// <summary>Completes when there are queues to these sites and no others, in order of their names. A queue is offered a moment before it shows to which.</summary>
    public static async Task UntilSitesAsync(this QueueHarness harness, params string[] sites)
    {
        string[] shown = [];
        await Eventually.IsSoAsync(
            async () => (shown = [.. (await harness.ListAsync()).Queues.Select(q => q.Site).Order(StringComparer.Ordinal)]).SequenceEqual(sites),
            () => string.Join(", ", shown));
    }

    /// <summary>Offers of a queue until one with work is for this site.</summary>
    public static async Task<OfferWork> OfferedAsync(this QueueHarness harness, string site) =>
        (OfferWork)await harness.Site.FishForMessageAsync(m => m is OfferWork { Ready: > 0 } offer && offer.Site == site, QueueHarness.Patience, cancellationToken: Cancel);

    /// <summary>Takes what a queue offers its site, wherever the queue stands.</summary>
    public static async Task<DeliverBatch> TakeAsync(this QueueHarness harness, Connection connection, OfferWork offer, long pull)
    {
        harness.Partition.Tell(new PullWork(0, offer.Queue, offer.Site, pull, 100, connection.Probe, harness.Site));
        return await connection.BatchAsync();
    }
}
