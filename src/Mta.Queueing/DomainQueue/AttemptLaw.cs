using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing.Returns;
using Mta.Queueing.Schedule;

namespace Mta.Queueing.DomainQueue;

/// <summary>
/// What an attempt means for a ref, recipient by recipient: delivered and rejected recipients are finished; a deferred one is left for the
/// next attempt, or finished where its time is over. A pure function.
/// </summary>
internal static class AttemptLaw
{
    private static readonly RecipientOutcome Unreported = new RecipientOutcome.Deferred(
        DeferralReason.LocalError, new SmtpReply(451, new EnhancedCode(4, 3, 0), "The attempt ended without an outcome for this recipient"));

    /// <summary>Decides; the records of the attempt are added to <paramref name="log"/>.</summary>
    public static Verdict Decide(in Attempt attempt, RetryPolicy policy, ImmutableArray<AttemptRecord>.Builder log)
    {
        var next = policy.Next(attempt.Ref.Id, attempt.Number, attempt.Ref.AcceptedAt, attempt.At);
        var due = attempt.RetryAtOnce && next is not null ? attempt.At : next;
        var warn = !attempt.DelayNotified && policy.IsDelayWarningDue(attempt.Ref.AcceptedAt, attempt.At);
        var recipients = attempt.Ref.Envelope.Recipients;
        var tally = new Tally();

        for (var i = 0; i < recipients.Length; i++)
        {
            var outcome = i < attempt.Outcomes.Length ? attempt.Outcomes[i] : Unreported;
            var result = ResultOf(outcome, due);
            log.Add(RecordOf(attempt, recipients[i].Address, outcome, result, due));
            if (result == AttemptResult.Deferred) tally.Leave(recipients[i], (RecipientOutcome.Deferred)outcome);
            if (ReportOf(attempt.Ref.Envelope, recipients[i], outcome, result, warn) is { } report) tally.Report(report);
        }

        return tally.Conclude(attempt, due, policy);
    }

    private static AttemptResult ResultOf(RecipientOutcome outcome, DateTimeOffset? due) => outcome switch
    {
        RecipientOutcome.Delivered => AttemptResult.Delivered,
        RecipientOutcome.Rejected => AttemptResult.Rejected,
        RecipientOutcome.Deferred => due is null ? AttemptResult.Expired : AttemptResult.Deferred,
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };

    private static AttemptRecord RecordOf(
        in Attempt attempt, Address recipient, RecipientOutcome outcome, AttemptResult result, DateTimeOffset? due) =>
        new(attempt.Ref.Id,
            attempt.Number,
            attempt.Ref.AcceptedAt,
            attempt.At,
            attempt.Ref.Envelope.ReversePath,
            recipient,
            result,
            (outcome as RecipientOutcome.Deferred)?.Reason ?? DeferralReason.None,
            outcome.Reply,
            attempt.Peer,
            result == AttemptResult.Deferred ? due : null,
            attempt.Ref.Envelope.Labels);

    private static ReturnedRecipient? ReportOf(
        Envelope envelope, Recipient recipient, RecipientOutcome outcome, AttemptResult result, bool warn)
    {
        ReturnAction? action = (result, outcome) switch
        {
            (AttemptResult.Rejected or AttemptResult.Expired, _) => ReturnAction.Failed,
            (AttemptResult.Deferred, _) => warn ? ReturnAction.Delayed : null,
            (_, RecipientOutcome.Delivered { Final: true }) => ReturnAction.Delivered,
            (_, RecipientOutcome.Delivered { Relayed: true }) => ReturnAction.Relayed,
            // RFC 3461 §5.2.1: a next hop that offers DSN reports success itself.
            _ => null,
        };
        if (action is not { } wanted || !ReturnPolicy.IsWanted(envelope, recipient, wanted)) return null;

        var status = result == AttemptResult.Expired ? ReturnPolicy.Expired : ReturnPolicy.StatusOf(outcome.Reply);
        return new ReturnedRecipient(recipient, wanted, status, outcome.Reply);
    }

    /// <summary>What the recipients of one attempt come to together.</summary>
    private ref struct Tally
    {
        private ImmutableArray<Recipient>.Builder? _left;
        private ImmutableArray<ReturnedRecipient>.Builder? _reports;
        private RecipientOutcome.Deferred? _first;
        private bool _warned;

        public void Leave(Recipient recipient, RecipientOutcome.Deferred outcome)
        {
            (_left ??= ImmutableArray.CreateBuilder<Recipient>()).Add(recipient);
            _first ??= outcome;
        }

        public void Report(ReturnedRecipient report)
        {
            (_reports ??= ImmutableArray.CreateBuilder<ReturnedRecipient>()).Add(report);
            _warned |= report.Action == ReturnAction.Delayed;
        }

        public readonly Verdict Conclude(in Attempt attempt, DateTimeOffset? due, RetryPolicy policy)
        {
            var deferral = _first is null
                ? null
                : new RefDeferred(attempt.Ref.Id, attempt.Number, due!.Value, _first.Reason, _first.Reply);
            var notified = attempt.DelayNotified || _warned;
            if (_left?.Count == attempt.Ref.Envelope.Recipients.Length && !_warned) return new Verdict(null, deferral, notified);

            var until = _warned ? attempt.Ref.AcceptedAt + policy.Expiry : (DateTimeOffset?)null;
            var request = _reports is null
                ? null
                : new ReturnRequest(
                    attempt.Ref.Id, attempt.Ref.Envelope, attempt.Ref.AcceptedAt, attempt.At, attempt.Peer, until, _reports.DrainToImmutable());
            var left = _left?.DrainToImmutable() ?? [];
            return new Verdict(new RefSettlement(attempt.Ref.Id, attempt.Ref.AcceptedAt, left, notified, request), deferral, notified);
        }
    }
}

/// <summary>One attempt that ended.</summary>
/// <param name="Ref">The ref as it was handed out.</param>
/// <param name="Number">Which attempt, from 1.</param>
/// <param name="DelayNotified">A delay notification has been sent before.</param>
/// <param name="Outcomes">By recipient; a missing one counts as deferred.</param>
/// <param name="Peer">Who was asked.</param>
/// <param name="At">When it ended.</param>
/// <param name="RetryAtOnce">The next attempt needs no wait.</param>
internal readonly record struct Attempt(
    QueuedRef Ref,
    int Number,
    bool DelayNotified,
    ImmutableArray<RecipientOutcome> Outcomes,
    DeliveryPeer? Peer,
    DateTimeOffset At,
    bool RetryAtOnce);

/// <summary>What an attempt means for its ref.</summary>
/// <param name="Settlement">What is final; null where nothing is.</param>
/// <param name="Deferral">What is left; null where nothing is.</param>
/// <param name="DelayNotified">A delay notification has been sent, now or before.</param>
internal readonly record struct Verdict(RefSettlement? Settlement, RefDeferred? Deferral, bool DelayNotified);
