namespace Mta.Protocol.Authentication;

/// <summary>PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>. Acting for another user is not offered.</summary>
internal sealed class PlainServer(UserDirectory users) : ISaslVerifier
{
    public const string Name = "PLAIN";
    private string _password = "";

    public string Mechanism => Name;

    public string? ClaimedUser { get; private set; }

    // RFC 4954 §4: a mechanism in which the client speaks first sends an empty challenge where it did not.
    public SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse) =>
        hasInitialResponse ? Step(initialResponse) : SaslStep.Ask(default);

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        var first = response.IndexOf((byte)0);
        var second = first < 0 ? -1 : response[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
            return SaslStep.Failed(SaslFailure.Malformed);
        var password = response[(first + second + 2)..];
        // RFC 4616 §2: authcid and passwd have at least one octet, and none is NUL.
        if (!SaslText.TryDecode(response[..first], out var authorize)
            || !SaslText.TryDecode(response.Slice(first + 1, second), out var user) || user.Length == 0
            || password.Contains((byte)0) || !SaslText.TryDecode(password, out var secret) || secret.Length == 0)
            return SaslStep.Failed(SaslFailure.Malformed);
        ClaimedUser = user;
        if (authorize.Length > 0 && authorize != user)
            return SaslStep.Failed(SaslFailure.InvalidCredentials);
        _password = secret;
        return SaslStep.NeedLookup;
    }

    public SaslStep Verify() => ClaimedUser is { } user && users.Verify(user, _password)
        ? SaslStep.Succeeded(user)
        : SaslStep.Failed(SaslFailure.InvalidCredentials);
}
