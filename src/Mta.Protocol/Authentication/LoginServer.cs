namespace Mta.Protocol.Authentication;

/// <summary>
/// LOGIN (draft-murchison-sasl-login): two challenges, name and password. Obsolete in favour of PLAIN; some mailers know nothing else.
/// </summary>
internal sealed class LoginServer(UserDirectory users) : ISaslVerifier
{
    public const string Name = "LOGIN";
    private string _password = "";

    public string Mechanism => Name;

    public string? ClaimedUser { get; private set; }

    // Clients read the two prompts as fixed words. Many send the name with AUTH.
    public SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse) =>
        hasInitialResponse ? Step(initialResponse) : SaslStep.Ask("Username:"u8.ToArray());

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        if (!SaslText.TryDecode(response, out var text) || text.Length == 0 || text.Contains('\0'))
            return SaslStep.Failed(SaslFailure.Malformed);
        if (ClaimedUser is null)
        {
            ClaimedUser = text;
            return SaslStep.Ask("Password:"u8.ToArray());
        }
        _password = text;
        return SaslStep.NeedLookup;
    }

    public SaslStep Verify() => ClaimedUser is { } user && users.Verify(user, _password)
        ? SaslStep.Succeeded(user)
        : SaslStep.Failed(SaslFailure.InvalidCredentials);
}
