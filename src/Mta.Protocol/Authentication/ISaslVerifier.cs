namespace Mta.Protocol.Authentication;

/// <summary>
/// The part of a SASL exchange that needs stored secrets. After <see cref="SaslOutcome.Lookup"/> the driver of the session calls
/// <see cref="Verify"/> on a thread that may wait, and hands the step to the session.
/// </summary>
public interface ISaslVerifier : ISaslServer
{
    /// <summary>The name the client gave, unverified and unescaped; null where the exchange did not come that far.</summary>
    string? ClaimedUser { get; }

    /// <summary>Finds the user's secret and checks against it what the client sent. May take as long as PBKDF2 does: some tenths of a second.</summary>
    SaslStep Verify();
}
