using Mta.Protocol.Smtp;

namespace Mta.Queueing;

/// <summary>What one delivery attempt came to for one recipient: delivered, deferred or rejected. A closed family.</summary>
/// <param name="Reply">The reply that decided it: the peer's, or ours where no peer was asked.</param>
public abstract record RecipientOutcome(SmtpReply Reply)
{
    /// <summary>The next hop took responsibility.</summary>
    /// <param name="Reply">The reply that decided it.</param>
    /// <param name="Relayed">The next hop does not offer DSN, so that a success notification, if asked for, is ours to send as "relayed" (RFC 3461 §5.2.2).</param>
    /// <param name="Final">The next hop is the mailbox (LMTP, Maildir), so that a success notification, if asked for, is ours to send as "delivered".</param>
    public sealed record Delivered(SmtpReply Reply, bool Relayed = false, bool Final = false) : RecipientOutcome(Reply);

    /// <summary>Not now.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Reply">The reply that decided it.</param>
    public sealed record Deferred(DeferralReason Reason, SmtpReply Reply) : RecipientOutcome(Reply);

    /// <summary>Never.</summary>
    /// <param name="Reply">The reply that decided it.</param>
    public sealed record Rejected(SmtpReply Reply) : RecipientOutcome(Reply);
}
