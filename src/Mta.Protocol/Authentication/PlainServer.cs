namespace Mta.Protocol.Authentication;

/// <summary>PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>. Acting for another user is not offered.</summary>
internal sealed class PlainServer(UserDirectory users) : ISaslServer
{
    public const string Name = "PLAIN";

    public string Mechanism => Name;

    // RFC 4954 §4: a mechanism in which the client speaks first gets an empty challenge where it did not.
    public SaslStep Start(byte[]? initialResponse) =>
        initialResponse is null ? new SaslStep.Challenge(default) : Step(initialResponse);

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        var first = response.IndexOf((byte)0);
        var second = first < 0 ? -1 : response[(first + 1)..].IndexOf((byte)0);
        if (second < 0)
            return new SaslStep.Failed(SaslFailure.Malformed, null);
        var password = response[(first + second + 2)..];
        // RFC 4616 §2: authcid and passwd have at least one octet, and none is NUL.
        if (!SaslText.TryDecode(response[..first], out var authorize)
            || !SaslText.TryDecode(response.Slice(first + 1, second), out var user) || user.Length == 0
            || password.Contains((byte)0) || !SaslText.TryDecode(password, out var secret) || secret.Length == 0)
            return new SaslStep.Failed(SaslFailure.Malformed, null);
        if (authorize.Length > 0 && authorize != user)
            return new SaslStep.Failed(SaslFailure.NotOffered, user);
        return users.Verify(user, secret) ? new SaslStep.Succeeded(user) : new SaslStep.Failed(SaslFailure.Credentials, user);
    }
}
