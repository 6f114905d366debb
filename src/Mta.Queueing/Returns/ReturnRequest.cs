using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.Returns;

/// <summary>
/// A notification to a sender that one attempt gave rise to: the facts that RFC 3464 wants, not the message. It always has a
/// reverse-path to go to and at least one recipient who is to be reported.
/// </summary>
/// <param name="Ref">The ref that it is about.</param>
/// <param name="Envelope">The envelope of that attempt: reverse-path, RET, ENVID, SMTPUTF8. Its recipients are those of the attempt.</param>
/// <param name="ArrivedAt">When the message was accepted: Arrival-Date (RFC 3464 §2.2.5).</param>
/// <param name="AttemptedAt">When the attempt ended: Last-Attempt-Date (RFC 3464 §2.3.7).</param>
/// <param name="Peer">Who was asked; null where nobody was.</param>
/// <param name="WillRetryUntil">When delayed recipients are given up (RFC 3464 §2.3.9); null where none is delayed.</param>
/// <param name="Recipients">Whom to report, in the envelope's order, at least one.</param>
public sealed record ReturnRequest(
    RefId Ref,
    Envelope Envelope,
    DateTimeOffset ArrivedAt,
    DateTimeOffset AttemptedAt,
    DeliveryPeer? Peer,
    DateTimeOffset? WillRetryUntil,
    ImmutableArray<ReturnedRecipient> Recipients);

/// <summary>What to report of one recipient.</summary>
/// <param name="Recipient">The recipient, with its ORCPT.</param>
/// <param name="Action">What became of it.</param>
/// <param name="Status">The Status field (RFC 3464 §2.3.4): the peer's enhanced code, one made from its reply code, or 5.4.7 on expiry.</param>
/// <param name="Reply">The reply that decided, the last one on expiry: Diagnostic-Code.</param>
public sealed record ReturnedRecipient(Recipient Recipient, ReturnAction Action, EnhancedCode Status, SmtpReply Reply);

/// <summary>The Action field of a notification (RFC 3464 §2.3.3).</summary>
public enum ReturnAction
{
    /// <summary>The recipient is given up.</summary>
    Failed = 0,

    /// <summary>The recipient could not be reached yet and is tried on.</summary>
    Delayed = 1,

    /// <summary>The next hop took the mail and will report itself no further: it is the mailbox.</summary>
    Delivered = 2,

    /// <summary>The next hop took the mail and does not offer DSN (RFC 3461 §5.2.2).</summary>
    Relayed = 3,
}
