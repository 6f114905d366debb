namespace Mta.Protocol.Authentication;

/// <summary>
/// The client's side of one SASL exchange (RFC 4422 §3). One instance serves one exchange: it holds the mechanism's state,
/// and <see cref="Start"/> begins it anew. Base64 and the AUTH command are the session's work, not the mechanism's.
/// </summary>
public interface ISaslClient
{
    /// <summary>The mechanism's registered name, in upper case: <c>PLAIN</c>, <c>SCRAM-SHA-256</c>.</summary>
    string Mechanism { get; }

    /// <summary>
    /// True when the mechanism wants nothing more of the server. Where it is false, the server's success is not believed:
    /// a mechanism with mutual authentication has then not yet seen the server's proof (RFC 5802 §5).
    /// </summary>
    bool IsComplete { get; }

    /// <summary>Begins the exchange.</summary>
    /// <returns>The initial response, not encoded; null where the server speaks first (LOGIN, CRAM-MD5).</returns>
    byte[]? Start();

    /// <summary>Answers a challenge.</summary>
    /// <param name="challenge">The server's challenge, decoded; may be empty.</param>
    /// <returns>The response, not encoded, possibly empty; null to cancel the exchange: the challenge was malformed or the server's proof is wrong.</returns>
    byte[]? Step(ReadOnlySpan<byte> challenge);
}
