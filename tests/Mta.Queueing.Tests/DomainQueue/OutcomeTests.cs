using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Returns;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.Tests.DomainQueue;

/// <summary>What the outcomes of an attempt lead to.</summary>
public sealed class OutcomeTests
{
    private readonly QueueMachine _queue = new(Make.Queue, new RetryPolicy { Jitter = 0, DelayWarning = TimeSpan.FromHours(4) });
    private long _pull;

    [Fact]
    public void A_delivered_ref_is_settled_and_then_gone()
    {
        var decisions = Attempt(Make.Ref(1), Make.T0, Make.Ok());
        var settlement = Assert.Single(decisions.Settle);
        Assert.True(settlement.IsFinished);
        Assert.Null(settlement.Return);
        Assert.Empty(decisions.Record);
        Assert.Equal(AttemptResult.Delivered, Assert.Single(decisions.Log).Result);
        Assert.Equal(RefState.Settling, _queue.StateOf(Make.Id(1)));

        Assert.Same(QueueDecisions.None, _queue.Settled([Make.Id(1)]));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_deferred_ref_is_journaled_and_then_scheduled()
    {
        var decisions = Attempt(Make.Ref(1), Make.T0.AddSeconds(3), Make.Later("busy"));
        Assert.Empty(decisions.Settle);
        var deferral = Assert.Single(decisions.Record);
        Assert.Equal(new RefDeferred(
            Make.Id(1), 1, Make.T0.AddSeconds(303), DeferralReason.RecipientDeferred, Make.Reply(451, "busy", new EnhancedCode(4, 7, 1))), deferral);
        Assert.Equal(deferral.Due, Assert.Single(decisions.Log).Due);

        Assert.Equal([new ScheduledRef(Make.Id(1), deferral.Due)], _queue.Recorded([Make.Id(1)]).Schedule);
        Assert.Equal(new QueueCounters(0, 0, 0, 0, 1), _queue.Counters);
        Assert.Same(QueueDecisions.None, _queue.Recorded([Make.Id(1)]));
    }

    [Fact]
    public void Attempts_are_counted_through_every_deferral()
    {
        Attempt(Make.Ref(1), Make.T0, Make.Later());
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            Redeem(1);
            var decisions = Attempt(Make.Ref(1), Make.T0.AddMinutes(attempt), Make.Later());
            Assert.Equal(attempt, Assert.Single(decisions.Record).Attempts);
            Assert.Equal(attempt, Assert.Single(decisions.Log).Attempt);
        }
    }

    [Fact]
    public void A_rejected_recipient_is_returned_to_the_sender_with_the_removal_of_the_ref()
    {
        var settlement = Assert.Single(Attempt(Make.Ref(1), Make.T0, Make.Never()).Settle);
        Assert.True(settlement.IsFinished);
        var returned = settlement.Return!;
        Assert.Equal(Make.T0, returned.ArrivedAt);
        Assert.Equal(Make.Peer, returned.Peer);
        Assert.Null(returned.WillRetryUntil);
        var recipient = Assert.Single(returned.Recipients);
        Assert.Equal(ReturnAction.Failed, recipient.Action);
        Assert.Equal(new EnhancedCode(5, 1, 1), recipient.Status);
        Assert.Equal("no such user", recipient.Reply.Text);
    }

    [Fact]
    public void Recipients_that_end_differently_are_told_apart()
    {
        var mixed = Make.Ref(1, Make.To("ok"), Make.To("busy"), Make.To("gone"), Make.To("busy2"));
        var decisions = Attempt(mixed, Make.T0, Make.Ok(), Make.Later("first"), Make.Never(), Make.Later("second"));

        var settlement = Assert.Single(decisions.Settle);
        Assert.Equal(["busy", "busy2"], settlement.Remaining.Select(recipient => recipient.Address.LocalPart));
        Assert.Equal("gone", Assert.Single(settlement.Return!.Recipients).Recipient.Address.LocalPart);
        Assert.Equal(
            [AttemptResult.Delivered, AttemptResult.Deferred, AttemptResult.Rejected, AttemptResult.Deferred],
            decisions.Log.Select(record => record.Result));

        // The journal follows the spool: what is left is recorded when what is finished is committed.
        Assert.Empty(decisions.Record);
        var deferral = Assert.Single(_queue.Settled([Make.Id(1)]).Record);
        Assert.Equal("first", deferral.LastReply.Text);
        Assert.Equal(RefState.Recording, _queue.StateOf(Make.Id(1)));
        Assert.Equal(deferral.Due, Assert.Single(_queue.Recorded([Make.Id(1)]).Schedule).Due);
    }

    [Fact]
    public void The_next_attempt_has_only_the_recipients_that_are_left()
    {
        Attempt(Make.Ref(1, Make.To("ok"), Make.To("busy")), Make.T0, Make.Ok(), Make.Later());
        Redeem(1);
        var settlement = Assert.Single(Attempt(Make.Ref(1, Make.To("busy")), Make.T0.AddMinutes(5), Make.Ok()).Settle);
        Assert.True(settlement.IsFinished);
    }

    [Fact]
    public void A_ref_whose_time_is_over_is_returned_with_its_last_reply()
    {
        var decisions = Attempt(Make.Ref(1), Make.T0.AddDays(5), Make.Later("still busy"));
        var recipient = Assert.Single(Assert.Single(decisions.Settle).Return!.Recipients);
        Assert.Equal(ReturnAction.Failed, recipient.Action);
        // RFC 3463 §3.5: X.4.7, delivery time expired.
        Assert.Equal("5.4.7", recipient.Status.ToString());
        Assert.Equal("still busy", recipient.Reply.Text);
        var record = Assert.Single(decisions.Log);
        Assert.Equal(AttemptResult.Expired, record.Result);
        Assert.Equal(DeferralReason.RecipientDeferred, record.Reason);
        Assert.Null(record.Due);
    }

    [Fact]
    public void A_notification_is_never_returned()
    {
        var settlement = Assert.Single(Attempt(Make.Ref(1).FromNull(), Make.T0, Make.Never()).Settle);
        Assert.True(settlement.IsFinished);
        Assert.Null(settlement.Return);
    }

    [Fact]
    public void A_recipient_with_notify_never_is_not_reported_beside_one_that_is()
    {
        var settlement = Assert.Single(
            Attempt(Make.Ref(1, Make.To("a", DsnNotify.Never), Make.To("b")), Make.T0, Make.Never(), Make.Never()).Settle);
        Assert.Equal("b", Assert.Single(settlement.Return!.Recipients).Recipient.Address.LocalPart);
    }

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(true, false, ReturnAction.Relayed)]
    [InlineData(false, true, ReturnAction.Delivered)]
    public void Success_is_reported_where_it_was_asked_for_and_nobody_else_will(bool relayed, bool final, ReturnAction? expected)
    {
        var settlement = Assert.Single(Attempt(Make.Ref(1, Make.To("a", DsnNotify.Success)), Make.T0, Make.Ok(relayed, final)).Settle);
        Assert.Equal(expected, settlement.Return?.Recipients.Single().Action);
    }

    [Fact]
    public void A_delay_is_reported_once_and_with_the_time_until_which_it_is_tried()
    {
        var decisions = Attempt(Make.Ref(1), Make.T0.AddHours(4), Make.Later());
        var settlement = Assert.Single(decisions.Settle);
        Assert.True(settlement.DelayNotified);
        Assert.Single(settlement.Remaining);
        Assert.Equal(Make.T0.AddDays(5), settlement.Return!.WillRetryUntil);
        Assert.Equal(ReturnAction.Delayed, Assert.Single(settlement.Return.Recipients).Action);

        Assert.Single(_queue.Settled([Make.Id(1)]).Record);
        Redeem(1);
        Assert.Empty(Attempt(Make.Ref(1), Make.T0.AddHours(8), Make.Later()).Settle);
    }

    [Fact]
    public void A_delay_that_was_reported_before_a_restart_is_not_reported_again()
    {
        _queue.Offer(Make.Id(1), Make.T0, delayNotified: true);
        Assert.Empty(Attempt(Make.Ref(1), Make.T0.AddHours(8), Make.Later()).Settle);
    }

    [Fact]
    public void A_delay_that_nobody_wants_to_hear_of_changes_nothing_in_the_spool() =>
        Assert.Empty(Attempt(Make.Ref(1, Make.To("a", DsnNotify.Failure)), Make.T0.AddHours(5), Make.Later()).Settle);

    [Fact]
    public void A_report_that_comes_twice_counts_once()
    {
        Attempt(Make.Ref(1), Make.T0, Make.Ok());
        Assert.Same(QueueDecisions.None, _queue.Report(_pull, [Make.Report(1, Make.Never())], Make.T0));
        _queue.Settled([Make.Id(1)]);
        Assert.Same(QueueDecisions.None, _queue.Settled([Make.Id(1)]));
    }

    [Fact]
    public void A_report_of_another_pull_or_an_unknown_ref_is_ignored()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Take(1, 1);
        Assert.Same(QueueDecisions.None, _queue.Report(2, [Make.Report(1, Make.Ok())], Make.T0));
        Assert.Same(QueueDecisions.None, _queue.Report(1, [Make.Report(9, Make.Ok())], Make.T0));
        Assert.Single(_queue.Report(1, [Make.Report(1, Make.Ok())], Make.T0).Settle);
    }

    [Fact]
    public void A_recipient_that_a_report_forgets_is_tried_again()
    {
        var decisions = Attempt(Make.Ref(1, Make.To("a"), Make.To("b")), Make.T0, Make.Ok());
        Assert.Equal("b", Assert.Single(Assert.Single(decisions.Settle).Remaining).Address.LocalPart);
        Assert.Equal(DeferralReason.LocalError, decisions.Log[1].Reason);
    }

    [Fact]
    public void A_lost_connection_costs_an_attempt_in_doubt_and_at_first_no_wait()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Offer(Make.Ref(2));
        _queue.Take(2, 1);
        _queue.Report(1, [Make.Report(1, Make.Ok())], Make.T0);

        var decisions = _queue.ConnectionLost(1, Make.T0.AddSeconds(9));
        var deferral = Assert.Single(decisions.Record);
        Assert.Equal((Make.Id(2), 1, Make.T0.AddSeconds(9), DeferralReason.NodeLost), (deferral.Id, deferral.Attempts, deferral.Due, deferral.Reason));
        Assert.True(Assert.Single(decisions.Log).InDoubt);
        Assert.Same(QueueDecisions.None, _queue.ConnectionLost(1, Make.T0));
        Assert.Same(QueueDecisions.None, _queue.Report(1, [Make.Report(2, Make.Ok())], Make.T0));
    }

    [Fact]
    public void A_ref_that_loses_its_node_again_waits_by_its_schedule()
    {
        _queue.Offer(Make.Ref(1));
        _queue.Take(1, 1);
        _queue.ConnectionLost(1, Make.T0);
        Redeem(1);
        Load(Make.Ref(1));
        _queue.Take(1, 2);
        Assert.Equal(Make.T0.AddMinutes(10), Assert.Single(_queue.ConnectionLost(2, Make.T0).Record).Due);
    }

    /// <summary>Offers or loads the ref, hands it out, and reports the outcomes.</summary>
    private QueueDecisions Attempt(QueuedRef queued, DateTimeOffset at, params RecipientOutcome[] outcomes)
    {
        if (_queue.Offer(queued) == OfferResult.Known) Load(queued);
        Assert.Single(_queue.Take(1, ++_pull));
        return _queue.Report(_pull, [new RefReport(queued.Id, [.. outcomes], Make.Peer)], at);
    }

    private void Load(QueuedRef queued) => Assert.Empty(_queue.Loaded(_queue.Prepare(1), [queued]));

    /// <summary>Everything is committed, and the ref's time has come.</summary>
    private void Redeem(int n)
    {
        _queue.Settled([Make.Id(n)]);
        _queue.Recorded([Make.Id(n)]);
        Assert.Equal(1, _queue.Due([Make.Id(n)]));
    }
}
