using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Mta.Queueing;
using Outcome = Mta.Queueing.RecipientOutcome;
using Seen = Mta.Protocol.Smtp.Client.RecipientOutcome;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>What the dialogue showed, in the terms of the queues. Pure.</summary>
internal static class Outcomes
{
    /// <summary>One outcome for each recipient.</summary>
    public static ImmutableArray<Outcome> Of(TransactionResult result)
    {
        var outcomes = ImmutableArray.CreateBuilder<Outcome>(result.Outcomes.Length);
        foreach (var seen in result.Outcomes)
            outcomes.Add(Of(seen));
        return outcomes.MoveToImmutable();
    }

    /// <summary>
    /// True where the message was not really attempted, and may go again at once: the session takes no further transaction; it ended before there was a reply
    /// to MAIL although it had served before, as peers end sessions that have been idle; or it broke under the message before this one.
    /// </summary>
    /// <param name="result">The end of the transaction.</param>
    /// <param name="hasServed">The session has carried a message before.</param>
    /// <param name="isBehindBreak">The session broke under the message before.</param>
    public static bool IsUntouched(TransactionResult result, bool hasServed, bool isBehindBreak)
    {
        foreach (var outcome in result.Outcomes)
        {
            if (!IsUntouched(outcome, hasServed, isBehindBreak))
                return false;
        }
        return true;
    }

    /// <summary>True where the conversation broke or was ended by the peer in this transaction.</summary>
    public static bool HasBroken(TransactionResult result) =>
        result.Outcomes.Any(o => o is Seen.Broken or Seen.Deferred { Cause: DeferralCause.Closing });

    /// <summary>Why a session could not be had, or ended: a no of the peer.</summary>
    public static DeferralReason ReasonOf(ClientStage stage) => stage switch
    {
        ClientStage.StartTls => DeferralReason.TlsFailed,
        ClientStage.Auth => DeferralReason.AuthenticationFailed,
        ClientStage.Connect or ClientStage.Greeting or ClientStage.Ehlo => DeferralReason.GreetingRefused,
        ClientStage.Mail => DeferralReason.SenderDeferred,
        ClientStage.Rcpt => DeferralReason.RecipientDeferred,
        ClientStage.Data or ClientStage.Body or ClientStage.FinalReply => DeferralReason.ContentDeferred,
        _ => DeferralReason.ConnectionLost,
    };

    /// <summary>Why a session could not be had, or ended: it broke.</summary>
    public static DeferralReason ReasonOf(BreakCause cause) => cause switch
    {
        BreakCause.Timeout => DeferralReason.PeerTimeout,
        BreakCause.Tls => DeferralReason.TlsFailed,
        BreakCause.Local => DeferralReason.LocalError,
        _ => DeferralReason.ConnectionLost,
    };

    /// <summary>What is told of a break.</summary>
    public static SmtpReply ReplyOf(ClientStage stage, BreakCause cause, string detail) => cause switch
    {
        BreakCause.Tls => new SmtpReply(454, new EnhancedCode(4, 7, 5), $"TLS failed: {detail}"),
        BreakCause.Local => new SmtpReply(451, new EnhancedCode(4, 3, 0), $"Delivery was given up here: {detail}"),
        _ => new SmtpReply(451, new EnhancedCode(4, 4, 2), $"The connection broke at {stage}: {detail}"),
    };

    private static Outcome Of(Seen seen) => seen switch
    {
        Seen.Delivered d => new Outcome.Delivered(d.Reply, d.Duty == SuccessDuty.Relayed, d.Duty == SuccessDuty.Delivered),
        Seen.Rejected r => new Outcome.Rejected(r.Reply),
        Seen.Deferred { Cause: DeferralCause.Closing } d => new Outcome.Deferred(DeferralReason.ConnectionLost, d.Reply),
        Seen.Deferred d => new Outcome.Deferred(ReasonOf(d.Stage), d.Reply),
        Seen.Broken b => new Outcome.Deferred(b.InDoubt ? DeferralReason.InDoubt : ReasonOf(b.Cause), ReplyOf(b.Stage, b.Cause, b.Detail)),
        _ => throw new InvalidOperationException($"unknown outcome {seen.GetType().Name}"),
    };

    private static bool IsUntouched(Seen outcome, bool hasServed, bool isBehindBreak) => outcome switch
    {
        Seen.Deferred { Cause: DeferralCause.SessionLimit } => true,
        Seen.Deferred { Cause: DeferralCause.Closing } d => isBehindBreak || (hasServed && IsBeforeReply(d.Stage)),
        Seen.Broken { InDoubt: false, Cause: BreakCause.PeerClosed or BreakCause.Network } b => isBehindBreak || (hasServed && IsBeforeReply(b.Stage)),
        Seen.Broken { InDoubt: false } => isBehindBreak,
        _ => false,
    };

    private static bool IsBeforeReply(ClientStage stage) => stage is ClientStage.Idle or ClientStage.Mail;
}
