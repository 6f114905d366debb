namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// What the driver is to do next. A closed family. In every case the driver first writes out what the session put into the output.
/// </summary>
public abstract record ClientEffect
{
    private protected ClientEffect() { }

    /// <summary>Read more bytes, within <see cref="ClientSession.Timeout"/>, and advance.</summary>
    public sealed record NeedInput : ClientEffect
    {
        internal static readonly NeedInput Instance = new();
    }

    /// <summary>Make TLS on the connection, then call <see cref="ClientSession.TlsStarted"/>; where the handshake fails, <see cref="ClientSession.Break"/> with <see cref="BreakCause.Tls"/>.</summary>
    public sealed record StartTls : ClientEffect
    {
        internal static readonly StartTls Instance = new();
    }

    /// <summary>No transaction is open: call <see cref="ClientSession.BeginTransaction"/> or <see cref="ClientSession.Quit"/>, or keep the connection idle.</summary>
    public sealed record Ready : ClientEffect
    {
        internal static readonly Ready Instance = new();
    }

    /// <summary>As <see cref="Ready"/>, but the peer takes no further transaction in this session (MAILMAX, RFC 9422): call <see cref="ClientSession.Quit"/>.</summary>
    public sealed record Exhausted : ClientEffect
    {
        internal static readonly Exhausted Instance = new();
    }

    /// <summary>
    /// Send the content of <paramref name="Message"/>, from its beginning, through <paramref name="Framing"/>, then call <see cref="ClientSession.BodySent"/>.
    /// Comes again for the same message where its recipients need several transactions.
    /// </summary>
    /// <param name="Message">The message.</param>
    /// <param name="Framing">What each chunk passes through.</param>
    public sealed record SendBody(OutgoingMessage Message, BodyFraming Framing) : ClientEffect;

    /// <summary>A transaction ended. Advance again.</summary>
    /// <param name="Result">What became of its recipients.</param>
    public sealed record TransactionDone(TransactionResult Result) : ClientEffect;

    /// <summary>
    /// The peer, or this system for it, answered no to the session as a whole: its greeting, EHLO, STARTTLS, AUTH, or a 421. Final; call
    /// <see cref="ClientSession.Quit"/> where courtesy allows, and close. The results of open transactions came before.
    /// </summary>
    /// <param name="Stage">What was refused.</param>
    /// <param name="Reply">The peer's reply, or this system's own where <paramref name="IsLocal"/> is true.</param>
    /// <param name="IsLocal">True where this system decided: TLS or authentication is required and cannot be had.</param>
    public sealed record Refused(ClientStage Stage, SmtpReply Reply, bool IsLocal = false) : ClientEffect;

    /// <summary>The conversation broke. Final; close the connection. The results of open transactions came before.</summary>
    /// <param name="Stage">Where it broke.</param>
    /// <param name="Cause">How it broke.</param>
    /// <param name="Detail">For the log; may hold unescaped bytes of the network.</param>
    /// <param name="InDoubt">True where a transaction was left in doubt.</param>
    public sealed record Broken(ClientStage Stage, BreakCause Cause, string Detail, bool InDoubt) : ClientEffect;

    /// <summary>QUIT is answered, or not answered; either way the session is over. Final; close the connection.</summary>
    public sealed record Closed : ClientEffect
    {
        internal static readonly Closed Instance = new();
    }
}
