namespace Mta.Protocol.Authentication;

/// <summary>The client's side of the mechanisms this system speaks.</summary>
public static class SaslClients
{
    /// <summary>The mechanisms, best first. PLAIN and LOGIN give the password away: only under TLS (RFC 4954 §4).</summary>
    public static IReadOnlyList<string> Preference { get; } =
        [ScramSha256Server.Name, CramMd5Server.Name, PlainServer.Name, LoginServer.Name];

    /// <summary>Begins an exchange; null where the mechanism is unknown.</summary>
    /// <param name="mechanism">A registered name, in upper case.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">Name or password has characters that RFC 4013 prohibits, or is empty.</exception>
    public static ISaslClient? Create(string mechanism, string user, string password)
    {
        if (!SaslPrep.TryPrepare(user, out var name))
            throw new ArgumentException("the user name is empty or has characters that RFC 4013 prohibits", nameof(user));
        if (!SaslPrep.TryPrepare(password, out var secret))
            throw new ArgumentException("the password is empty or has characters that RFC 4013 prohibits", nameof(password));
        return mechanism switch
        {
            PlainServer.Name => new PlainClient(name, secret),
            LoginServer.Name => new LoginClient(name, secret),
            CramMd5Server.Name => new CramMd5Client(name, secret),
            ScramSha256Server.Name => new ScramSha256Client(name, secret, ScramMessages.NewNonce),
            _ => null,
        };
    }
}
