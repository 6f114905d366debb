using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>What becomes of ready refs when there is no way to their domain.</summary>
public sealed class SiteFailureTests
{
    private static readonly SmtpReply Unreachable = Make.Reply(451, "no host answered", new EnhancedCode(4, 4, 1));
    private static readonly SmtpReply NoDomain = Make.Reply(556, "the domain takes no mail", new EnhancedCode(5, 1, 10));

    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0, DelayWarning = TimeSpan.FromHours(4) });

    [Fact]
    public void An_unreachable_site_defers_what_is_ready_with_or_without_an_envelope()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Offer(Make.Id(2), Make.T0);
        var decisions = Defer(10, Make.T0);
        Assert.Equal([Make.Id(1), Make.Id(2)], decisions.Record.Select(deferral => deferral.Id));
        Assert.All(decisions.Record, deferral => Assert.Equal(DeferralReason.HostUnreachable, deferral.Reason));
        Assert.Equal([new Address("one", "example.com"), null], decisions.Log.Select(record => record.Recipient));
        Assert.Equal(0, _queue.Ready);
    }

    [Fact]
    public void Each_ref_is_deferred_by_its_own_schedule()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Offer(Make.Id(2), Make.T0, deferral: new RefDeferred(Make.Id(2), 4, Make.T0, DeferralReason.PeerTimeout, Unreachable));
        _queue.Due([Make.Id(2)]);
        Assert.Equal([Make.T0.AddMinutes(5), Make.T0.AddMinutes(80)], Defer(10, Make.T0).Record.Select(deferral => deferral.Due));
    }

    [Fact]
    public void Refs_in_flight_are_left_to_their_connections()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Take(1, 1);
        Assert.Same(QueueDecisions.None, Defer(10, Make.T0));
        Assert.Equal(1, _queue.Counters.InFlight);
    }

    [Fact]
    public void A_step_defers_no_more_than_asked_for()
    {
        for (var n = 0; n < 10; n++) _queue.Offer(Make.Ref(n));
        Assert.Equal(4, Defer(4, Make.T0).Record.Length);
        Assert.Equal(6, _queue.Ready);
    }

    [Theory]
    [InlineData(5 * 24)]
    [InlineData(4)]
    public void A_ref_that_is_to_be_reported_is_loaded_first(int hours)
    {
        _queue.Offer(Make.Id(1), Make.T0);
        var decisions = Defer(10, Make.T0.AddHours(hours));
        Assert.Equal([Make.Id(1)], decisions.Load);
        Assert.Empty(decisions.Record);

        _queue.Loaded(decisions.Load, [Make.Ref(1)]);
        Assert.NotNull(Assert.Single(Defer(10, Make.T0.AddHours(hours)).Settle).Return);
    }

    [Fact]
    public void A_domain_that_does_not_exist_returns_what_is_ready()
    {
        _queue.Offer(Make.Ref(1));
        var settlement = Assert.Single(_queue.RejectReady(NoDomain, 10, Make.T0).Settle);
        Assert.True(settlement.IsFinished);
        Assert.Null(settlement.Return!.Peer);
        Assert.Equal("5.1.10", Assert.Single(settlement.Return.Recipients).Status.ToString());
    }

    [Fact]
    public void A_domain_that_does_not_exist_returns_what_has_to_be_loaded_first()
    {
        for (var n = 0; n < 5; n++) _queue.Offer(Make.Id(n), Make.T0);
        var returned = new List<RefId>();
        while (_queue.Ready > 0)
        {
            var decisions = _queue.RejectReady(NoDomain, 2, Make.T0);
            returned.AddRange(decisions.Settle.Select(settlement => settlement.Id));
            _queue.Loaded(decisions.Load, [.. Enumerable.Range(0, 5).Where(n => decisions.Load.Contains(Make.Id(n))).Select(n => Make.Ref(n))]);
        }

        Assert.Equal(Enumerable.Range(0, 5).Select(Make.Id), returned.Order());
    }

    private QueueDecisions Defer(int max, DateTimeOffset now) => _queue.DeferReady(DeferralReason.HostUnreachable, Unreachable, max, now);
}
