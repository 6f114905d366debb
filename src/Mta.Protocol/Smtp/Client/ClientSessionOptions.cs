using System.Collections.Immutable;
using Mta.Protocol.Authentication;

namespace Mta.Protocol.Smtp.Client;

/// <summary>What a client session is to do with its peer. Immutable; one instance may serve many sessions where it names no SASL client.</summary>
public sealed record ClientSessionOptions
{
    /// <summary>The name given in EHLO, HELO and LHLO: a domain name or an address literal (RFC 5321 §4.1.1.1).</summary>
    public required string HeloName { get; init; }

    /// <summary>SMTP or LMTP.</summary>
    public ClientProtocol Protocol { get; init; } = ClientProtocol.Smtp;

    /// <summary>What is asked of TLS.</summary>
    public ClientTlsMode Tls { get; init; } = ClientTlsMode.Opportunistic;

    /// <summary>True where the driver has made TLS before the greeting (RFC 8314 §3): STARTTLS is then never sent.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>
    /// The mechanisms to authenticate with, the preferred first; the first that the peer offers is used. Empty: no authentication.
    /// Where it is not empty, authentication is required.
    /// </summary>
    public ImmutableArray<ISaslClient> Sasl { get; init; } = [];

    /// <summary>True to allow PLAIN and LOGIN outside of TLS, for instance over a Unix socket.</summary>
    public bool AllowPlaintextSasl { get; init; }

    /// <summary>True to pipeline where the peer offers PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; init; } = true;

    /// <summary>True to send bodies with BDAT where the peer offers CHUNKING (RFC 3030).</summary>
    public bool Chunking { get; init; } = true;

    /// <summary>What happens to a message with 8-bit content where the peer does not offer 8BITMIME.</summary>
    public EightBitPolicy EightBit { get; init; } = EightBitPolicy.Send;

    /// <summary>
    /// Most recipients of one transaction; a message with more is sent in several. Default 100, which every server must take
    /// (RFC 5321 §4.5.3.1.8). A peer's RCPTMAX (RFC 9422) lowers it.
    /// </summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>
    /// Largest body, in bytes, that is sent behind MAIL and RCPT without waiting for their replies, where the peer offers PIPELINING
    /// and CHUNKING. It bounds what is sent in vain when every recipient is refused. Default 65,536; 0 turns it off.
    /// </summary>
    public long EagerBodyLimitBytes { get; init; } = 65_536;
}

/// <summary>The protocol that a client session speaks.</summary>
public enum ClientProtocol
{
    /// <summary>SMTP (RFC 5321).</summary>
    Smtp = 0,

    /// <summary>LMTP (RFC 2033): LHLO, and one reply for each accepted recipient after the message.</summary>
    Lmtp = 1,
}

/// <summary>What is asked of TLS.</summary>
public enum ClientTlsMode
{
    /// <summary>STARTTLS is not sent.</summary>
    None = 0,

    /// <summary>TLS where it is offered and works, clear text otherwise (RFC 7435). After a failed handshake the driver connects anew, with <see cref="None"/>.</summary>
    Opportunistic = 1,

    /// <summary>TLS, with any certificate; without it no mail is sent.</summary>
    Require = 2,

    /// <summary>TLS with a certificate that the driver has verified; without it no mail is sent.</summary>
    Verify = 3,
}

/// <summary>What happens to a message with 8-bit content where the peer does not offer 8BITMIME.</summary>
public enum EightBitPolicy
{
    /// <summary>
    /// It is sent as it is. RFC 6152 §3 asks for a conversion or a bounce; but a conversion breaks signatures (DKIM, S/MIME), servers that
    /// cannot pass eight bits are no longer found, and a bounce loses mail that would have arrived. The default.
    /// </summary>
    Send = 0,

    /// <summary>Its recipients are rejected, 554 5.6.3.</summary>
    Bounce = 1,
}
