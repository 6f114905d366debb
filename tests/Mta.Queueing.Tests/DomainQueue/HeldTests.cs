using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;
using Mta.Queueing.Schedule;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>What is held is neither handed out nor given up; what is ordered for a ref decides where it stands when it is put back, and when it expires.</summary>
public sealed class HeldTests
{
    private static readonly RefOrder Held = RefOrder.None with { Hold = RefOrder.ByOperator };
    private static readonly RefDeferred Deferral = new(Id(1), 2, T0.AddHours(1), DeferralReason.PeerTimeout, Reply(451));

    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0, Expiry = TimeSpan.FromDays(5) });

    [Fact]
    public void A_held_ref_waits_whatever_happens_and_keeps_its_schedule()
    {
        Assert.Equal(OfferResult.Held, _queue.Offer(Id(1), T0, deferral: Deferral, order: Held));
        Assert.Equal(new QueueCounters(0, 0, 0, 0, 0, 0, 1), _queue.Counters);
        Assert.Equal((1, 0), (_queue.Counters.Total, _queue.Due([Id(1)])));
        Assert.Empty(_queue.DeferReady(DeferralReason.HostUnreachable, Reply(451), 10, T0.AddDays(9)).Record);
        Assert.Empty(_queue.Prepare(10));
        Assert.Equal([Id(1)], _queue.Withhold([Id(1)]).Withheld!.Held);
        Assert.Equal(OfferResult.Deferred, _queue.PutBack(Id(1), Deferral, null));
        Assert.Equal((RefState.Deferred, Deferral), (_queue.StateOf(Id(1)), _queue.DeferralOf(Id(1))));
    }

    [Fact]
    public void What_is_put_back_stands_where_its_order_says()
    {
        for (var n = 1; n <= 3; n++) _queue.Offer(Id(n), T0, delayNotified: n == 2, isWithheld: true);
        Assert.Equal(OfferResult.Held, _queue.PutBack(Id(1), Deferral, Held));
        Assert.Equal(OfferResult.Ready, _queue.PutBack(Id(2), null, null));
        _queue.Withdraw([Id(3), Id(2)]);
        Assert.Equal((RefState.Held, RefState.Ready, false), (_queue.StateOf(Id(1)), _queue.StateOf(Id(2)), _queue.IsKnown(Id(3))));
        // Twice, or late: nothing.
        Assert.Equal(OfferResult.Known, _queue.PutBack(Id(1), null, null));
        Assert.Equal(OfferResult.Known, _queue.PutBack(Id(3), null, null));
        // That its sender has been told of a delay outlasts it.
        Assert.Equal([Id(2)], _queue.Withhold([Id(1), Id(2)]).Withheld!.Notified);
    }

    [Fact]
    public void A_queue_of_held_refs_rests_and_is_not_due_by_them()
    {
        _queue.Offer(Id(1), T0, deferral: Deferral, order: Held);
        var all = _queue.Rest(T0.AddDays(9))!;
        Assert.Equal((1, 1, false), (all.Count, all.Held, all.IsEverDue));
        _queue.Offer(Id(2), T0, deferral: Deferral with { Id = Id(2) });
        var both = _queue.Rest(T0.AddHours(1))!;
        Assert.Equal((2, 1, T0.AddHours(1)), (both.Count, both.Held, both.NextDue));
        Assert.Null(_queue.Rest(T0.AddHours(2)));
    }

    [Fact]
    public void A_ref_expires_when_it_is_ordered_to_and_others_when_they_would()
    {
        var soon = RefOrder.None with { Lifetime = TimeSpan.FromMinutes(10) };
        _queue.Offer(Id(1), T0, order: soon);
        _queue.Offer(Id(2), T0);
        Load();
        // The last attempt is made when the time is over.
        var first = Attempt(T0.AddMinutes(8));
        Assert.Equal([T0.AddMinutes(10), T0.AddMinutes(13)], first.Record.Select(d => d.Due));
        _queue.Recorded([Id(1), Id(2)]);
        _queue.Due([Id(1), Id(2)]);
        Load();
        var second = Attempt(T0.AddMinutes(13));
        Assert.Equal([AttemptResult.Expired, AttemptResult.Deferred], second.Log.Select(r => r.Result));
        Assert.Equal(Id(1), Assert.Single(second.Settle).Id);
        _queue.Settled([Id(1)]);
        Assert.Equal(1, _queue.Counters.Total);
    }

    [Fact]
    public void A_longer_life_is_lived_and_taken_back()
    {
        _queue.Offer(Id(1), T0, order: RefOrder.None with { ExpiresAt = T0.AddDays(9) });
        Load();
        Assert.Equal(AttemptResult.Deferred, Attempt(T0.AddDays(6)).Log[0].Result);
        _queue.Recorded([Id(1)]);
        _queue.Withhold([Id(1)]);
        _queue.PutBack(Id(1), null, null);
        Load();
        Assert.Equal(AttemptResult.Expired, Attempt(T0.AddDays(6)).Log[0].Result);
    }

    [Fact]
    public void A_site_that_fails_gives_up_what_was_ordered_to_expire()
    {
        _queue.Offer(Id(1), T0, order: RefOrder.None with { ExpiresAt = T0.AddMinutes(1) });
        // Its envelope is wanted for the notification.
        Assert.Equal([Id(1)], _queue.DeferReady(DeferralReason.HostUnreachable, Reply(451), 1, T0.AddMinutes(1)).Load);
        _queue.Loaded([Id(1)], [Ref(1)]);
        Assert.Equal(AttemptResult.Expired, Assert.Single(_queue.DeferReady(DeferralReason.HostUnreachable, Reply(451), 1, T0.AddMinutes(1)).Log).Result);
    }

    private void Load()
    {
        var asked = _queue.Prepare(10);
        _queue.Loaded(asked, [.. asked.Select(id => Ref(id == Id(1) ? 1 : 2))]);
    }

    private QueueDecisions Attempt(DateTimeOffset at)
    {
        var pull = at.UtcTicks;
        var taken = _queue.Take(10, pull);
        return _queue.Report(pull, [.. taken.Select(t => new RefReport(t.Ref.Id, [Later()], Peer))], at);
    }
}
