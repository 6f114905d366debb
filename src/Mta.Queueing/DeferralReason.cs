namespace Mta.Queueing;

/// <summary>Why a ref waits for its next attempt: a closed list, the same in the journal, in logs and in the management endpoint.</summary>
public enum DeferralReason
{
    /// <summary>Not deferred.</summary>
    None = 0,

    /// <summary>The DNS did not answer, or answered with a server failure.</summary>
    DnsFailure = 1,

    /// <summary>No host of the site took a connection: refused, unreachable or timed out.</summary>
    HostUnreachable = 2,

    /// <summary>The peer did not greet with 220.</summary>
    GreetingRefused = 3,

    /// <summary>TLS is required here and could not be had, or the certificate did not verify.</summary>
    TlsFailed = 4,

    /// <summary>The smart host did not take our credentials.</summary>
    AuthenticationFailed = 5,

    /// <summary>4yz to MAIL.</summary>
    SenderDeferred = 6,

    /// <summary>4yz to RCPT.</summary>
    RecipientDeferred = 7,

    /// <summary>4yz to DATA or to its final dot.</summary>
    ContentDeferred = 8,

    /// <summary>The peer closed the connection, answered 421, or broke the protocol.</summary>
    ConnectionLost = 9,

    /// <summary>The peer did not answer in the time of RFC 5321 §4.5.3.2.</summary>
    PeerTimeout = 10,

    /// <summary>The connection ended between the final dot and the reply: the peer may have the message.</summary>
    InDoubt = 11,

    /// <summary>This side failed: the body could not be read, the Maildir is full.</summary>
    LocalError = 12,

    /// <summary>The node that delivered was lost.</summary>
    NodeLost = 13,

    /// <summary>No host remains that is not this system itself or a loopback address.</summary>
    LoopDetected = 14,
}
