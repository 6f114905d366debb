using Akka.Actor;
using Akka.TestKit;
using Mta.Cluster.Contracts;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>A probe that pulls and reports as a connection does, by way of the partition.</summary>
internal sealed class Connection(QueueHarness harness, TestProbe probe)
{
    private static long _lastPull;

    public TestProbe Probe => probe;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Asks for refs on the site's behalf; the answer is still to come.</summary>
    public long Ask(string domain, int max = 100, string site = FakeRouter.Site)
    {
        var pull = Interlocked.Increment(ref _lastPull);
        harness.Partition.Tell(new PullWork(0, new QueueKey(domain), site, pull, max, probe, harness.Site));
        return pull;
    }

    public Task<DeliverBatch> BatchAsync() => probe.ExpectMsgAsync<DeliverBatch>(QueueHarness.Patience, cancellationToken: Cancel).AsTask();

    public async Task<DeliverBatch> PullAsync(string domain, int max = 100, string site = FakeRouter.Site)
    {
        var pull = Ask(domain, max, site);
        var batch = await BatchAsync();
        Assert.Equal(pull, batch.PullId);
        return batch;
    }

    /// <summary>Waits for offers, and pulls what they offer. One that is made again, and has been taken since, is answered with nothing.</summary>
    public async Task<DeliverBatch> TakeAsync(int max = 100)
    {
        while (true)
        {
            var offer = await harness.OfferedAsync();
            var batch = await PullAsync(offer.Queue.Domain, max, offer.Site);
            if (batch.Refs.Length > 0)
                return batch;
        }
    }

    /// <summary>Reports every ref of a batch, with these outcomes for its recipients, one for all where only one is given.</summary>
    public void Report(DeliverBatch batch, params RecipientOutcome[] outcomes)
    {
        foreach (var one in batch.Refs)
            Report(batch, one.Ref, outcomes);
    }

    public void Report(DeliverBatch batch, QueuedRef reported, params RecipientOutcome[] outcomes) =>
        harness.Partition.Tell(new DeliveryReport(0, batch.Queue, batch.PullId, [ReportOf(reported, outcomes)]));

    /// <summary>Reports a whole batch in one message.</summary>
    public void ReportTogether(DeliverBatch batch, RecipientOutcome outcome) =>
        harness.Partition.Tell(new DeliveryReport(0, batch.Queue, batch.PullId, [.. batch.Refs.Select(one => ReportOf(one.Ref, outcome))]));

    private static RefReport ReportOf(QueuedRef reported, params RecipientOutcome[] outcomes)
    {
        RecipientOutcome[] all = outcomes.Length == 1 ? [.. Enumerable.Repeat(outcomes[0], reported.Envelope.Recipients.Length)] : outcomes;
        return new RefReport(reported.Id, [.. all], Letters.Peer);
    }

    /// <summary>The connection's end without a word.</summary>
    public void Die() => harness.System.Stop(probe);
}
