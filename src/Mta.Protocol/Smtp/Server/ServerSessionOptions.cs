namespace Mta.Protocol.Smtp.Server;

/// <summary>Limits and offers of a session; one object serves all sessions of a listener.</summary>
public sealed record ServerSessionOptions
{
    /// <summary>Longest command line in octets, CRLF included; RFC 5321 §4.5.3.1.4 with its extensions asks for about 1,700 at most. Longer: 500 5.5.2.</summary>
    public int MaxCommandLineBytes { get; init; } = 2048;

    /// <summary>Longest line of an AUTH exchange in octets, CRLF included (RFC 4954 §4.5 asks for 12,288). Longer: 500 5.5.6.</summary>
    public int MaxSaslLineBytes { get; init; } = 12288;

    /// <summary>Longest line of a message in octets, CRLF included and a stuffed dot not (RFC 5321 §4.5.3.1.6: 1,000). Longer: 550 5.6.0.</summary>
    public int MaxTextLineBytes { get; init; } = 1000;

    /// <summary>Largest message in octets, the trace field not included; announced by SIZE. Larger: 552 5.3.4.</summary>
    public long MaxMessageBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>RCPT commands in one transaction, refused ones included (RFC 9422 RCPTMAX; at least 100 by RFC 5321 §4.5.3.1.8). More: 452 4.5.3.</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>MAIL commands in one session, refused ones included (RFC 9422 MAILMAX). More: 421 4.7.0.</summary>
    public int MaxMessages { get; init; } = 1000;

    /// <summary>
    /// Replies of 500 and above that a session may earn; the one that reaches this number is replaced by 421 4.7.0. A message that is accepted sets the count back.
    /// </summary>
    public int MaxErrors { get; init; } = 20;

    /// <summary>Failed AUTH exchanges before 421 4.7.0.</summary>
    public int MaxAuthenticationFailures { get; init; } = 3;

    /// <summary>Received fields in a message's header section; more are a loop (RFC 5321 §6.3): 554 5.4.6.</summary>
    public int MaxReceivedFields { get; init; } = 50;

    /// <summary>Output in octets after which <see cref="ServerSession.Advance"/> asks to flush before it takes the next command.</summary>
    public int MaxOutputBytes { get; init; } = 16 * 1024;

    /// <summary>True to offer STARTTLS while the session is in clear; needs a certificate.</summary>
    public bool OfferStartTls { get; init; } = true;

    /// <summary>True to require TLS before AUTH and MAIL on a relay listener too; submission listeners always do.</summary>
    public bool RequireTls { get; init; }

    /// <summary>True to require AUTH before MAIL on a relay listener too; submission listeners always do.</summary>
    public bool RequireAuthentication { get; init; }
}
