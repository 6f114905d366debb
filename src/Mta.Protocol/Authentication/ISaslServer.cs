namespace Mta.Protocol.Authentication;

/// <summary>
/// The server's side of one SASL exchange (RFC 4422 §3). One instance serves one exchange. Base64, the AUTH command, and
/// the <c>*</c> that cancels are the session's work. A step may take as long as PBKDF2 does (some tenths of a second): it belongs on a
/// thread that may wait. Steps must not overlap.
/// </summary>
public interface ISaslServer
{
    /// <summary>The mechanism's registered name, in upper case.</summary>
    string Mechanism { get; }

    /// <summary>Begins the exchange.</summary>
    /// <param name="initialResponse">The initial response, decoded; null where AUTH carried none (RFC 4954 §4).</param>
    SaslStep Start(byte[]? initialResponse);

    /// <summary>Takes the client's answer to the last challenge, decoded.</summary>
    SaslStep Step(ReadOnlySpan<byte> response);
}

/// <summary>What the server does next in a SASL exchange.</summary>
public abstract record SaslStep
{
    private SaslStep()
    {
    }

    /// <summary>334: the client is to answer this.</summary>
    /// <param name="Data">The challenge, not encoded; may be empty.</param>
    public sealed record Challenge(ReadOnlyMemory<byte> Data) : SaslStep;

    /// <summary>235: the client is who it says.</summary>
    /// <param name="User">The name it has authenticated, as it gave it.</param>
    public sealed record Succeeded(string User) : SaslStep;

    /// <summary>The exchange is over without success.</summary>
    /// <param name="Failure">Why.</param>
    /// <param name="User">The name the client gave, for the log, unescaped; null where it did not come that far.</param>
    public sealed record Failed(SaslFailure Failure, string? User) : SaslStep;
}

/// <summary>Why a SASL exchange failed; decides the reply code (RFC 4954 §6).</summary>
public enum SaslFailure
{
    /// <summary>535 5.7.8: unknown user, wrong password, or a proof that does not fit; not told apart.</summary>
    Credentials,

    /// <summary>501 5.5.2: the response breaks the mechanism's grammar.</summary>
    Malformed,

    /// <summary>535 5.7.8: the client asks to act for another user, or for channel binding, which is not offered.</summary>
    NotOffered,
}
