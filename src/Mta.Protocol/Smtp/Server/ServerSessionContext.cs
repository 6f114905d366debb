using System.Net;
using Mta.Protocol.Authentication;

namespace Mta.Protocol.Smtp.Server;

/// <summary>What is known of one connection when its session begins.</summary>
public sealed record ServerSessionContext
{
    /// <summary>The kind of listener that took the connection.</summary>
    public required ListenerKind Listener { get; init; }

    /// <summary>This node's name in greeting, EHLO and trace field: a domain in A-labels or an address literal.</summary>
    public required string HostName { get; init; }

    /// <summary>The client's address; an IPv4-mapped IPv6 address is shown as IPv4.</summary>
    public required IPAddress ClientAddress { get; init; }

    /// <summary>The encryption that is already there, null in clear. Required on <see cref="ListenerKind.Submissions"/>.</summary>
    public TlsInfo? Tls { get; init; }

    /// <summary>Decides on senders and recipients.</summary>
    public required IRecipientPolicy Policy { get; init; }

    /// <summary>The SASL mechanisms, or null where AUTH is not offered.</summary>
    public ISaslServerFactory? Sasl { get; init; }

    /// <summary>
    /// Null to serve the client. A reply of code 421 is sent as the greeting and the connection closed; with 554 the session answers 503 to everything until QUIT
    /// (RFC 5321 §3.1).
    /// </summary>
    public SmtpReply? Refusal { get; init; }
}
