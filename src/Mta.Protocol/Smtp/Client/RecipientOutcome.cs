using System.Collections.Immutable;

namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// What became of one recipient. A closed family: the peer answered (<see cref="Delivered"/>, <see cref="Deferred"/>, <see cref="Rejected"/>),
/// or the conversation broke (<see cref="Broken"/>).
/// </summary>
public abstract record RecipientOutcome
{
    private protected RecipientOutcome() { }

    /// <summary>The peer took the message for this recipient.</summary>
    /// <param name="Reply">The reply to the content.</param>
    /// <param name="Duty">Who owes the sender a success notification that NOTIFY asks for.</param>
    public sealed record Delivered(SmtpReply Reply, SuccessDuty Duty) : RecipientOutcome;

    /// <summary>Not now.</summary>
    /// <param name="Stage">Which command was answered so.</param>
    /// <param name="Cause">Why; some causes allow another try at once.</param>
    /// <param name="Reply">The peer's reply, or this system's own where <paramref name="IsLocal"/> is true.</param>
    /// <param name="IsLocal">True where this system decided, not the peer.</param>
    public sealed record Deferred(ClientStage Stage, DeferralCause Cause, SmtpReply Reply, bool IsLocal = false) : RecipientOutcome;

    /// <summary>Never.</summary>
    /// <param name="Stage">Which command was answered so.</param>
    /// <param name="Reply">The peer's reply, or this system's own where <paramref name="IsLocal"/> is true.</param>
    /// <param name="IsLocal">True where this system decided, not the peer.</param>
    public sealed record Rejected(ClientStage Stage, SmtpReply Reply, bool IsLocal = false) : RecipientOutcome;

    /// <summary>The conversation broke before there was an answer for this recipient.</summary>
    /// <param name="Stage">Where it broke.</param>
    /// <param name="Cause">How it broke.</param>
    /// <param name="Detail">For the log; may hold unescaped bytes of the network.</param>
    /// <param name="InDoubt">True where the whole content was sent and no reply came: the peer may have taken the message.</param>
    public sealed record Broken(ClientStage Stage, BreakCause Cause, string Detail, bool InDoubt) : RecipientOutcome;
}

/// <summary>Who owes the sender a success notification (RFC 3461 §5.2).</summary>
public enum SuccessDuty
{
    /// <summary>The peer offers DSN and was told NOTIFY: the duty is now its own (RFC 3461 §5.2.1).</summary>
    PassedOn = 0,

    /// <summary>The peer does not offer DSN: this system reports <c>relayed</c> (RFC 3461 §5.2.2).</summary>
    Relayed = 1,

    /// <summary>The peer is the mailbox, by LMTP without DSN: this system reports <c>delivered</c>.</summary>
    Delivered = 2,
}

/// <summary>Why a recipient was deferred.</summary>
public enum DeferralCause
{
    /// <summary>The peer answered 4yz.</summary>
    Answered = 0,

    /// <summary>The peer takes no more recipients in this transaction (RFC 5321 §4.5.3.1.10): another transaction may be tried at once.</summary>
    TooManyRecipients = 1,

    /// <summary>The peer takes no more transactions in this session (MAILMAX, RFC 9422): another session may be tried at once.</summary>
    SessionLimit = 2,

    /// <summary>The peer said 421 and closes.</summary>
    Closing = 3,
}

/// <summary>How a conversation broke.</summary>
public enum BreakCause
{
    /// <summary>The peer closed the connection.</summary>
    PeerClosed = 0,

    /// <summary>Nothing came, or nothing could be written, within the timeout.</summary>
    Timeout = 1,

    /// <summary>The network failed.</summary>
    Network = 2,

    /// <summary>The peer's bytes are no SMTP, or no answer to what was asked.</summary>
    Protocol = 3,

    /// <summary>The TLS handshake failed.</summary>
    Tls = 4,

    /// <summary>This system could not go on: the content could not be read, or it is stopping.</summary>
    Local = 5,
}

/// <summary>The end of what <see cref="ClientSession.BeginTransaction"/> began.</summary>
/// <param name="Message">The message, the very object that was given.</param>
/// <param name="Outcomes">One for each recipient of its envelope, in the same order.</param>
public sealed record TransactionResult(OutgoingMessage Message, ImmutableArray<RecipientOutcome> Outcomes);
