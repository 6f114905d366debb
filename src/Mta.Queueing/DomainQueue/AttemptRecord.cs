using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;

namespace Mta.Queueing.DomainQueue;

/// <summary>What one attempt came to for one recipient: the facts of a log line and of a delivery record.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="AcceptedAt">When the message was accepted.</param>
/// <param name="At">When the attempt ended.</param>
/// <param name="Sender">The reverse-path; null where the envelope was not in memory.</param>
/// <param name="Recipient">The recipient; null for all recipients of a ref whose envelope was not in memory.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Reason">Why it waits; <see cref="DeferralReason.None"/> unless deferred or expired.</param>
/// <param name="Reply">The reply that decided, as it came: not escaped.</param>
/// <param name="Peer">Who was asked; null where nobody was.</param>
/// <param name="Due">When the next attempt is made; null where there is none.</param>
/// <param name="Labels">What the message's header says of it; null where it says nothing, or the envelope was not in memory.</param>
public sealed record AttemptRecord(
    RefId Id,
    int Attempt,
    DateTimeOffset AcceptedAt,
    DateTimeOffset At,
    Address? Sender,
    Address? Recipient,
    AttemptResult Result,
    DeferralReason Reason,
    SmtpReply Reply,
    DeliveryPeer? Peer,
    DateTimeOffset? Due,
    MailLabels? Labels = null)
{
    /// <summary>True where the peer may have taken the message although this side counts the attempt as failed.</summary>
    public bool InDoubt => Reason is DeferralReason.InDoubt or DeferralReason.NodeLost;
}

/// <summary>What became of a recipient in an attempt.</summary>
public enum AttemptResult
{
    /// <summary>The next hop took responsibility.</summary>
    Delivered = 0,

    /// <summary>It is tried again.</summary>
    Deferred = 1,

    /// <summary>It is given up because of the reply.</summary>
    Rejected = 2,

    /// <summary>It is given up because its time is over.</summary>
    Expired = 3,
}
