namespace Mta.Protocol.Authentication;

/// <summary>
/// The server side of one SASL exchange (RFC 4422 §3). One object serves one AUTH command. Bytes are already base64-decoded;
/// the framing (RFC 4954 §4) is the session's.
/// </summary>
/// <remarks>
/// A step that needs the stored credential of a user returns <see cref="SaslOutcome.Lookup"/>. The driver of the session then looks it up, gives it to
/// the mechanism in the mechanism's own way, and hands the step that results to <c>ServerSession.AuthenticationDone</c>.
/// Input comes from the network: no step throws.
/// </remarks>
public interface ISaslServer
{
    /// <summary>The registered name of the mechanism, upper-case: <c>SCRAM-SHA-256</c>.</summary>
    string Mechanism { get; }

    /// <summary>Begins the exchange.</summary>
    /// <param name="hasInitialResponse">
    /// True when the client sent an initial response, which may be empty (<c>AUTH PLAIN =</c>). A client-first mechanism
    /// without one answers with an empty challenge; a server-first mechanism with one fails as malformed (RFC 4954 §4).
    /// </param>
    /// <param name="initialResponse">The initial response; empty when there is none.</param>
    SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse);

    /// <summary>Takes the client's answer to the last challenge.</summary>
    /// <param name="response">The decoded response, possibly empty.</param>
    SaslStep Step(ReadOnlySpan<byte> response);
}
