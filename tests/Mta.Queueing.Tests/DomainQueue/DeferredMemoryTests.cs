using Mta.Queueing.DomainQueue;
using Mta.Queueing.Dormant;
using Mta.Queueing.Operations;
using Mta.Queueing.Partitions;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>Measures the whole process, so nothing runs beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class DeferredMemoryTests
{
    [Fact]
    public void A_deferred_ref_costs_less_than_400_octets_in_queue_schedule_and_journal()
    {
        const int Refs = 100_000;
        var replies = new ReplyInterner();
        var queue = new QueueMachine(Make.Queue, new RetryPolicy(), replies: replies);
        var heap = new DueHeap();
        var journal = new PartitionJournal(replies);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var n = 0; n < Refs; n++)
            journal.Apply(new DeferralsRecorded([new RefDeferred(
                Make.Id(n), 3, Make.T0.AddSeconds(n), DeferralReason.RecipientDeferred, Make.Reply(451, new string('x', 200)))]));
        for (var n = 0; n < Refs; n++)
        {
            var deferral = journal.Claim(Make.Id(n))!;
            queue.Offer(deferral.Id, Make.T0, deferral: deferral);
            heap.Add(deferral.Id, deferral.Due);
        }

        journal.EndRecovery();
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Refs;
        Assert.InRange(each, 100, 400);
        Assert.Equal(Refs * 3, queue.Counters.Deferred + heap.Count + journal.Count);
    }

    [Fact]
    public void A_deferred_ref_of_a_dormant_queue_of_five_costs_less_than_200_octets_in_queue_schedule_and_journal()
    {
        const int Refs = 100_000;
        var replies = new ReplyInterner();
        var queues = new DormantQueues();
        var journal = new PartitionJournal(replies);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var n = 0; n < Refs; n++)
            journal.Apply(new DeferralsRecorded([new RefDeferred(
                Make.Id(n), 3, Make.T0.AddSeconds(n), DeferralReason.RecipientDeferred, Make.Reply(451, new string('x', 200)))]));
        for (var n = 0; n < Refs; n++)
        {
            var deferral = journal.Claim(Make.Id(n))!;
            var last = new LastDeferral(deferral.LastReply, deferral.Reason);
            queues.Add(new QueueKey($"d{n % (Refs / 5):D6}.example"), new DormantRef(deferral.Id, Make.T0, false), deferral.Due, last);
        }

        journal.EndRecovery();
        queues.Trim();
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Refs;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} octets");
        Assert.InRange(each, 50, 200);
        Assert.Equal((Refs, Refs / 5, Refs), (queues.Refs, queues.Count, journal.Count));
    }

    [Fact]
    public void A_held_ref_costs_less_than_100_octets_more_than_it_costs_anyhow()
    {
        const int Refs = 100_000;
        var journal = new PartitionJournal();
        var job = new MessageJob("j1", JobAction.Hold, MessageFilter.All, "", Make.T0, "otto");

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var n = 0; n < Refs; n += 5000)
            journal.Hold("h1", [.. Enumerable.Range(n, 5000).Select(Make.Id)], areAlive: true);
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Refs;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} octets");
        Assert.InRange(each, 20, 100);
        Assert.Equal(Refs, journal.Orders.Count);
        // Released, it costs nothing.
        journal.Take(job with { Action = JobAction.Release }, [.. Enumerable.Range(0, Refs).Select(Make.Id)], areAlive: true);
        Assert.Equal(0, journal.Orders.Count);
    }
}
