using Mta.Queueing.DomainQueue;
using Mta.Queueing.Schedule;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>Refs that an operator's order wants are out of all lines, or will be when they come back; and what has become of each is said once.</summary>
public sealed class WithheldTests
{
    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy());

    [Fact]
    public void What_waits_is_withheld_at_once_and_handed_out_no_more()
    {
        for (var i = 1; i <= 3; i++) _queue.Offer(Ref(i));
        _queue.Offer(Id(4), T0);
        _queue.Offer(Id(5), T0, deferral: new RefDeferred(Id(5), 1, T0.AddHours(1), DeferralReason.PeerTimeout, Reply(451)));
        var told = _queue.Withhold([Id(2), Id(4), Id(5), Id(9)]).Withheld!;
        Assert.Equal(([Id(2), Id(4), Id(5)], [Id(9)]), (told.Held.ToArray(), told.Gone.ToArray()), Same);
        Assert.Equal(new QueueCounters(2, 0, 0, 0, 0, 3), _queue.Counters);
        Assert.Equal(0, _queue.Unprepared);
        Assert.Equal([Id(1), Id(3)], _queue.Take(10, 1).Select(t => t.Ref.Id));
        Assert.Equal(0, _queue.Due([Id(5)]));
        Assert.Null(_queue.Rest(T0));
    }

    [Fact]
    public void What_is_being_read_is_withheld_and_its_envelope_changes_nothing()
    {
        _queue.Offer(Id(1), T0);
        Assert.Equal([Id(1)], _queue.Prepare(1));
        Assert.Equal([Id(1)], _queue.Withhold([Id(1)]).Withheld!.Held);
        Assert.Empty(_queue.Loaded([Id(1)], [Ref(1)]));
        Assert.Empty(_queue.Take(1, 1));
        Assert.Equal(1, _queue.Counters.Withheld);
    }

    [Fact]
    public void What_is_in_flight_is_withheld_when_it_comes_back_or_gone()
    {
        for (var i = 1; i <= 3; i++) _queue.Offer(Ref(i));
        _queue.Take(3, 1);
        Assert.Null(_queue.Withhold([Id(1), Id(2), Id(3)]).Withheld);
        Assert.Equal([Id(1)], _queue.Report(1, [new RefReport(Id(1), [], null)], T0).Withheld!.Held);

        Assert.Null(_queue.Report(1, [new RefReport(Id(2), [Ok()], Peer), new RefReport(Id(3), [Later()], Peer)], T0).Withheld);
        Assert.Equal([Id(2)], _queue.Settled([Id(2)]).Withheld!.Gone);
        var recorded = _queue.Recorded([Id(3)]);
        Assert.Equal([Id(3)], recorded.Withheld!.Held);
        Assert.Empty(recorded.Schedule);
        Assert.Equal(2, _queue.Counters.Withheld);
        Assert.Equal(2, _queue.Counters.Total);
    }

    [Fact]
    public void What_is_withheld_is_settled_and_gone_or_recorded_and_ready()
    {
        _queue.Offer(Ref(1));
        _queue.Offer(Id(2), T0, isWithheld: true);
        _queue.Withhold([Id(1)]);
        Assert.Equal([Id(1)], _queue.Withhold([Id(1)]).Withheld!.Held);
        Assert.Null(_queue.Settled([Id(1)]).Withheld);
        Assert.False(_queue.IsKnown(Id(1)));
        _queue.Recorded([Id(2)]);
        Assert.Equal((1, 1), (_queue.Ready, _queue.Unprepared));
        Assert.Equal(OfferResult.Known, _queue.Offer(Id(2), T0));
    }

    private static bool Same((RefId[] Held, RefId[] Gone) one, (RefId[] Held, RefId[] Gone) other) => one.Held.SequenceEqual(other.Held) && one.Gone.SequenceEqual(other.Gone);
}
