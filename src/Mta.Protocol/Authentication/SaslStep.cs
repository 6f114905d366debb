namespace Mta.Protocol.Authentication;

/// <summary>What a SASL mechanism wants next. Made by its factory methods only.</summary>
public readonly record struct SaslStep
{
    private SaslStep(SaslOutcome outcome, ReadOnlyMemory<byte> challenge, string? identity, SaslFailure failure)
    {
        Outcome = outcome;
        Challenge = challenge;
        Identity = identity;
        FailureReason = failure;
    }

    /// <summary>Which of the four it is.</summary>
    public SaslOutcome Outcome { get; }

    /// <summary>The challenge, not yet base64-encoded; may be empty. Only with <see cref="SaslOutcome.Challenge"/>.</summary>
    public ReadOnlyMemory<byte> Challenge { get; }

    /// <summary>The authorization identity that was proved. Only with <see cref="SaslOutcome.Success"/>.</summary>
    public string? Identity { get; }

    /// <summary>Why it failed. Only with <see cref="SaslOutcome.Failure"/>.</summary>
    public SaslFailure FailureReason { get; }

    /// <summary>The client must answer this challenge.</summary>
    /// <param name="challenge">The bytes of the challenge; the memory must stay unchanged until the session has written it.</param>
    public static SaslStep Ask(ReadOnlyMemory<byte> challenge) => new(SaslOutcome.Challenge, challenge, null, SaslFailure.None);

    /// <summary>The driver must look a stored credential up, and verify it, before the exchange goes on.</summary>
    public static SaslStep NeedLookup { get; } = new(SaslOutcome.Lookup, default, null, SaslFailure.None);

    /// <summary>The client has proved who it is.</summary>
    /// <param name="identity">The authorization identity, not empty.</param>
    public static SaslStep Succeeded(string identity) => new(SaslOutcome.Success, default, identity, SaslFailure.None);

    /// <summary>The exchange is over without success.</summary>
    /// <param name="reason">Why.</param>
    public static SaslStep Failed(SaslFailure reason) => new(SaslOutcome.Failure, default, null, reason);
}

/// <summary>The kinds of <see cref="SaslStep"/>.</summary>
public enum SaslOutcome
{
    /// <summary>The exchange failed; also the default value of a step.</summary>
    Failure = 0,

    /// <summary>A challenge goes to the client.</summary>
    Challenge = 1,

    /// <summary>A stored credential is needed.</summary>
    Lookup = 2,

    /// <summary>The client is authenticated.</summary>
    Success = 3,
}

/// <summary>Why an exchange failed; each has its reply in RFC 4954 §6.</summary>
public enum SaslFailure
{
    /// <summary>It did not, or the reason is unknown: answered as <see cref="InvalidCredentials"/>.</summary>
    None = 0,

    /// <summary>No such user, or not this password: 535 5.7.8. The two are not told apart.</summary>
    InvalidCredentials = 1,

    /// <summary>The response breaks the mechanism's syntax: 501 5.5.2.</summary>
    Malformed = 2,

    /// <summary>The credentials cannot be checked at the moment: 454 4.7.0.</summary>
    Temporary = 3,

    /// <summary>The user may not use this mechanism: 534 5.7.9.</summary>
    MechanismTooWeak = 4,
}
