using Mta.Queueing.DomainQueue;
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
}
