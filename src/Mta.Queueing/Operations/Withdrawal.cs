using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Returns;

namespace Mta.Queueing.Operations;

/// <summary>How an operator's order ends a ref.</summary>
public static class Withdrawal
{
    // RFC 3463 §3.8, X.7.1: delivery not authorized; what an administrator refuses.
    private static readonly EnhancedCode Refused = new(5, 7, 1);

    /// <summary>Ends a ref with a notification to its sender, where one is wanted (RFC 3461 §4.1).</summary>
    /// <param name="bounced">The ref, with the recipients that are left.</param>
    /// <param name="reason">Why, in the operator's words; may be empty.</param>
    /// <param name="attempts">Attempts so far.</param>
    /// <param name="now">The time.</param>
    public static (RefSettlement Settlement, ImmutableArray<AttemptRecord> Log) Bounce(QueuedRef bounced, string reason, int attempts, DateTimeOffset now)
    {
        var reply = new SmtpReply(554, Refused, reason.Length == 0 ? "Returned by the operator" : $"Returned by the operator: {reason}");
        var envelope = bounced.Envelope;
        ImmutableArray<ReturnedRecipient> told =
        [
            .. envelope.Recipients.Where(r => ReturnPolicy.IsWanted(envelope, r, ReturnAction.Failed)).Select(r => new ReturnedRecipient(r, ReturnAction.Failed, Refused, reply)),
        ];
        var request = told.IsEmpty ? null : new ReturnRequest(bounced.Id, envelope, bounced.AcceptedAt, now, null, null, told);
        return (
            new RefSettlement(bounced.Id, bounced.AcceptedAt, [], DelayNotified: false, request),
            [
                .. envelope.Recipients.Select(r => new AttemptRecord(
                    bounced.Id, attempts, bounced.AcceptedAt, now, envelope.ReversePath, r.Address, AttemptResult.Rejected, DeferralReason.None, reply, null, null)),
            ]);
    }

    /// <summary>Ends a ref, and tells nobody.</summary>
    public static RefSettlement Drop(RefId id, DateTimeOffset acceptedAt) => new(id, acceptedAt, [], DelayNotified: false, null);
}
