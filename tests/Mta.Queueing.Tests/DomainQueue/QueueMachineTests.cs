using Mta.Queueing.DomainQueue;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>Which refs a queue has, and which it hands out.</summary>
public sealed class QueueMachineTests
{
    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0 }, new QueueLimits(MaxLoaded: 4, MaxUncommitted: 3));

    [Fact]
    public void A_fresh_ref_is_handed_out_without_a_look_at_the_spool()
    {
        Assert.Equal(OfferResult.Ready, _queue.Offer(Make.Ref(1)));
        var taken = Assert.Single(_queue.Take(10, 1));
        Assert.Equal(Make.Ref(1).Id, taken.Ref.Id);
        Assert.Equal(1, taken.Attempt);
        Assert.Equal(new QueueCounters(0, 1, 0, 0, 0), _queue.Counters);
    }

    [Fact]
    public void A_ref_that_is_offered_twice_is_there_once()
    {
        _queue.Offer(Make.Ref(1));
        Assert.Equal(OfferResult.Known, _queue.Offer(Make.Ref(1)));
        Assert.Equal(OfferResult.Known, _queue.Offer(Make.Id(1), Make.T0));
        Assert.Equal(1, _queue.Counters.Total);
        Assert.Single(_queue.Take(10, 1));
        Assert.Equal(OfferResult.Known, _queue.Offer(Make.Ref(1)));
        Assert.Empty(_queue.Take(10, 2));
    }

    [Fact]
    public void A_ref_of_another_queue_is_refused() =>
        Assert.Throws<ArgumentException>(() => _queue.Offer(Make.Ref(1) with { Queue = new QueueKey("other.example") }));

    [Fact]
    public void Refs_leave_in_the_order_in_which_they_came()
    {
        for (var n = 1; n <= 4; n++) _queue.Offer(Make.Ref(n));
        Assert.Equal([Make.Id(1), Make.Id(2)], Ids(_queue.Take(2, 1)));
        Assert.Equal([Make.Id(3), Make.Id(4)], Ids(_queue.Take(2, 2)));
    }

    [Fact]
    public void A_ref_that_comes_back_without_an_attempt_goes_first_and_counts_none()
    {
        for (var n = 1; n <= 3; n++) _queue.Offer(Make.Ref(n));
        _queue.Take(1, 1);
        Assert.Same(QueueDecisions.None, _queue.Report(1, [Make.Report(1)], Make.T0));
        var taken = _queue.Take(2, 2);
        Assert.Equal([Make.Id(1), Make.Id(2)], Ids(taken));
        Assert.Equal(1, taken[0].Attempt);
    }

    [Fact]
    public void A_pull_that_comes_twice_takes_once()
    {
        for (var n = 1; n <= 3; n++) _queue.Offer(Make.Ref(n));
        Assert.Single(_queue.Take(1, 7));
        Assert.Empty(_queue.Take(1, 7));
        Assert.Equal(2, _queue.Ready);
    }

    [Fact]
    public void A_pull_is_open_until_its_last_ref_is_reported_once()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Offer(Make.Ref(2));
        Assert.False(_queue.HasOut(7));
        _queue.Take(2, 7);
        _queue.Report(7, [Make.Report(1, Make.Ok())], Make.T0);
        _queue.Report(7, [Make.Report(1, Make.Ok())], Make.T0);
        Assert.True(_queue.HasOut(7));
        _queue.Report(7, [Make.Report(2, Make.Ok())], Make.T0);
        Assert.False(_queue.HasOut(7));
    }

    [Fact]
    public void A_ref_read_from_the_spool_is_loaded_before_it_is_handed_out()
    {
        Assert.Equal(OfferResult.Ready, _queue.Offer(Make.Id(1), Make.T0));
        Assert.Equal(1, _queue.Unprepared);
        Assert.Empty(_queue.Take(10, 1));
        Assert.Equal([Make.Id(1)], _queue.Prepare(10));
        Assert.Equal(RefState.Loading, _queue.StateOf(Make.Id(1)));
        Assert.Equal(1, _queue.Ready);
        Assert.Empty(_queue.Prepare(10));
        Assert.Empty(_queue.Loaded([Make.Id(1)], [Make.Ref(1)]));
        Assert.Equal([Make.Id(1)], Ids(_queue.Take(10, 1)));
    }

    [Fact]
    public void A_ref_that_the_spool_does_not_have_leaves()
    {
        _queue.Offer(Make.Id(1), Make.T0);
        _queue.Offer(Make.Id(2), Make.T0);
        var asked = _queue.Prepare(10);
        Assert.Equal([Make.Id(1)], _queue.Loaded(asked, [Make.Ref(2)]));
        Assert.False(_queue.IsKnown(Make.Id(1)));
        Assert.Equal(1, _queue.Counters.Total);
    }

    [Fact]
    public void A_load_that_failed_is_asked_for_again()
    {
        _queue.Offer(Make.Id(1), Make.T0);
        _queue.LoadFailed(_queue.Prepare(10));
        Assert.Equal(RefState.Ready, _queue.StateOf(Make.Id(1)));
        Assert.Equal([Make.Id(1)], _queue.Prepare(10));
    }

    [Fact]
    public void Envelopes_that_nobody_asked_for_change_nothing()
    {
        _queue.Offer(Make.Id(1), Make.T0);
        _queue.Offer(Make.Ref(2));
        _queue.Take(1, 1);
        Assert.Empty(_queue.Loaded([Make.Id(1), Make.Id(2), Make.Id(3)], [Make.Ref(1), Make.Ref(2), Make.Ref(3)]));
        Assert.Equal(new QueueCounters(1, 1, 0, 0, 0), _queue.Counters);
    }

    [Fact]
    public void Envelopes_in_memory_are_bounded()
    {
        for (var n = 1; n <= 6; n++) _queue.Offer(Make.Ref(n));
        Assert.Equal(2, _queue.Unprepared);
        // The loaded line is full; the other still gets one, so that it does not stand still.
        Assert.Single(_queue.Prepare(10));
        Assert.Empty(_queue.Prepare(10));
        Assert.Equal(6, _queue.Ready);
        Assert.Equal(4, _queue.Take(10, 1).Length);
        Assert.Single(_queue.Prepare(10));
    }

    [Fact]
    public void A_deferred_ref_waits_until_it_is_due()
    {
        Assert.Equal(OfferResult.Deferred, _queue.Offer(Make.Id(1), Make.T0, deferral: Deferral(1, 3)));
        Assert.Equal(0, _queue.Ready);
        Assert.Equal([new ScheduledRef(Make.Id(1), Make.T0.AddMinutes(5))], _queue.DeferredRefs());

        Assert.Equal(1, _queue.Due([Make.Id(1), Make.Id(2)]));
        Assert.Equal(0, _queue.Due([Make.Id(1)]));
        _queue.Loaded(_queue.Prepare(1), [Make.Ref(1)]);
        Assert.Equal(4, Assert.Single(_queue.Take(1, 1)).Attempt);
    }

    [Fact]
    public void Nothing_is_handed_out_while_too_much_waits_for_the_database()
    {
        for (var n = 1; n <= 4; n++) _queue.Offer(Make.Ref(n));
        _queue.Take(3, 1);
        _queue.Report(1, [Make.Report(1, Make.Ok()), Make.Report(2, Make.Ok()), Make.Report(3, Make.Later())], Make.T0);
        Assert.True(_queue.IsHeldBack);
        Assert.Empty(_queue.Take(1, 2));

        _queue.Settled([Make.Id(1)]);
        Assert.False(_queue.IsHeldBack);
        Assert.Equal([Make.Id(4)], Ids(_queue.Take(1, 2)));
    }

    [Fact]
    public void The_oldest_message_is_found_in_any_state()
    {
        Assert.Null(_queue.FindOldest());
        _queue.Offer(Make.Ref(1));
        _queue.Offer(Make.Id(2), Make.T0.AddDays(-1), deferral: Deferral(2, 1));
        Assert.Equal(Make.T0.AddDays(-1), _queue.FindOldest());
    }

    [Fact]
    public void Which_message_is_the_oldest_is_looked_for_only_when_the_oldest_has_left()
    {
        _queue.Offer(Make.Id(1), Make.T0.AddDays(-2), deferral: null);
        _queue.Offer(Make.Id(2), Make.T0.AddDays(-1), deferral: null);
        Assert.False(_queue.HasOldestLeft);
        _queue.Prepare(1);
        _queue.Loaded([Make.Id(1)], []);
        Assert.Equal((Make.T0.AddDays(-2), true, 1), (_queue.OldestAtLeast, _queue.HasOldestLeft, _queue.Refs));
        Assert.Equal(Make.T0.AddDays(-1), _queue.FindOldest());
        Assert.False(_queue.HasOldestLeft);
        _queue.Prepare(1);
        _queue.Loaded([Make.Id(2)], []);
        Assert.Equal((null, false), (_queue.OldestAtLeast, _queue.HasOldestLeft));
    }

    private static IEnumerable<RefId> Ids(IEnumerable<TakenRef> taken) => taken.Select(one => one.Ref.Id);

    private static RefDeferred Deferral(int n, int attempts) =>
        new(Make.Id(n), attempts, Make.T0.AddMinutes(5), DeferralReason.PeerTimeout, Make.Reply(451));
}
