using Mta.Queueing.DomainQueue;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>When a queue may go dormant, and what it hands over.</summary>
public sealed class RestTests
{
    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0 });

    [Fact]
    public void A_queue_all_of_whose_refs_wait_hands_them_over_as_they_are()
    {
        Defer(1, minutes: 30);
        Defer(2, minutes: 20, notified: true);
        var dormant = _queue.Rest(Make.T0.AddMinutes(20))!;
        Assert.Equal((Make.Queue, Make.T0.AddMinutes(20)), (dormant.Queue, dormant.NextDue));
        Assert.Equal(
            [(Make.Id(1), Make.T0.AddSeconds(1), false), (Make.Id(2), Make.T0.AddSeconds(2), true)],
            dormant.Refs.ToArray().Select(one => (one.Id, one.AcceptedAt, one.DelayNotified)).Order());
    }

    [Fact]
    public void A_queue_whose_first_ref_is_due_soon_stays()
    {
        Defer(1, minutes: 30);
        Defer(2, minutes: 20);
        Assert.Null(_queue.Rest(Make.T0.AddMinutes(20).AddTicks(1)));
        Assert.Equal(2, _queue.Counters.Deferred);
    }

    [Fact]
    public void An_empty_queue_has_nothing_to_hand_over() => Assert.Null(_queue.Rest(Make.T0));

    [Fact]
    public void A_queue_stays_while_any_ref_does_not_wait()
    {
        Defer(1, minutes: 30);
        _queue.Offer(Make.Ref(2));
        Assert.Null(Rest());
        _queue.Take(1, 1);
        Assert.Null(Rest());
        _queue.Report(1, [Make.Report(2, Make.Later())], Make.T0);
        Assert.Null(Rest());
        _queue.Recorded([Make.Id(2)]);
        Assert.NotNull(Rest());

        _queue.Due([Make.Id(1)]);
        Assert.Null(Rest());
        _queue.Prepare(1);
        Assert.Null(Rest());
        _queue.Loaded([Make.Id(1)], [Make.Ref(1)]);
        _queue.Take(1, 2);
        _queue.Report(2, [Make.Report(1, Make.Ok())], Make.T0);
        Assert.Null(Rest());
        _queue.Settled([Make.Id(1)]);
        Assert.Equal(Make.Id(2), Rest()!.Refs[0].Id);
    }

    private Queueing.Dormant.DormantQueue? Rest() => _queue.Rest(Make.T0);

    private void Defer(int n, int minutes, bool notified = false) => _queue.Offer(
        Make.Id(n), Make.T0.AddSeconds(n), notified, new RefDeferred(Make.Id(n), 1, Make.T0.AddMinutes(minutes), DeferralReason.RecipientDeferred, Make.Reply(451)));
}
