namespace Mta.Protocol.Authentication;

/// <summary>
/// LOGIN (draft-murchison-sasl-login): two challenges, name and password. Obsolete in favour of PLAIN; some mailers know nothing else.
/// </summary>
internal sealed class LoginServer(UserDirectory users) : ISaslServer
{
    public const string Name = "LOGIN";
    private string? _user;

    public string Mechanism => Name;

    // Clients read these two texts as fixed words.
    public SaslStep Start(byte[]? initialResponse) =>
        initialResponse is null ? new SaslStep.Challenge("Username:"u8.ToArray()) : Step(initialResponse);

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        if (!SaslText.TryDecode(response, out var text) || text.Length == 0 || text.Contains('\0'))
            return new SaslStep.Failed(SaslFailure.Malformed, _user);
        if (_user is null)
        {
            _user = text;
            return new SaslStep.Challenge("Password:"u8.ToArray());
        }
        return users.Verify(_user, text) ? new SaslStep.Succeeded(_user) : new SaslStep.Failed(SaslFailure.Credentials, _user);
    }
}
