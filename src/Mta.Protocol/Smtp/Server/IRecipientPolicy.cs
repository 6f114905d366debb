using System.Net;

namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// Decides, without waiting, whether a sender and a recipient are taken. The grammar and the order of commands are already checked. Called with
/// values from the network: it must not throw.
/// </summary>
public interface IRecipientPolicy
{
    /// <summary>Asked at MAIL.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="reversePath">The sender; <see cref="Address.Null"/> for notifications.</param>
    /// <returns>Null to accept, or the 4yz or 5yz reply that refuses; 421 also ends the session.</returns>
    SmtpReply? CheckSender(in PolicyClient client, Address reversePath);

    /// <summary>Asked at RCPT.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="reversePath">The sender.</param>
    /// <param name="recipient">The recipient; its domain is empty for the bare <c>postmaster</c>, which RFC 5321 §4.5.1 says to accept.</param>
    /// <returns>Null to accept, or the 4yz or 5yz reply that refuses (<see cref="PolicyReplies.RelayDenied"/>); 421 also ends the session.</returns>
    SmtpReply? CheckRecipient(in PolicyClient client, Address reversePath, Address recipient);
}

/// <summary>Who asks for a policy decision.</summary>
/// <param name="Listener">The kind of listener.</param>
/// <param name="ClientAddress">The client's address.</param>
/// <param name="HeloName">What the client called itself; validated characters, unverified claim.</param>
/// <param name="Identity">The authenticated identity, or null.</param>
/// <param name="Tls">The session's encryption, or null in clear.</param>
public readonly record struct PolicyClient(ListenerKind Listener, IPAddress ClientAddress, string HeloName, string? Identity, TlsInfo? Tls);

/// <summary>The replies that policies share.</summary>
public static class PolicyReplies
{
    /// <summary>550 5.7.1: the client may not send to this domain through this node (RFC 5321 §7.9, RFC 3463 §3.8).</summary>
    public static SmtpReply RelayDenied { get; } = new(550, new EnhancedCode(5, 7, 1), "Relaying is not permitted");
}
