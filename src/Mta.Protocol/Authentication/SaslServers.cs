using System.Collections.Immutable;

namespace Mta.Protocol.Authentication;

/// <summary>The mechanisms a listener offers, and the exchanges it starts with them.</summary>
public sealed class SaslServers
{
    private readonly UserDirectory _users;
    private readonly string _hostName;

    /// <summary>Mechanisms over a set of users.</summary>
    /// <param name="users">The users.</param>
    /// <param name="hostName">This host's name, for the challenge of CRAM-MD5.</param>
    /// <param name="cramMd5">Offer CRAM-MD5; only users with a recoverable secret can use it.</param>
    public SaslServers(UserDirectory users, string hostName, bool cramMd5)
    {
        _users = users;
        _hostName = hostName;
        ImmutableArray<string> hashed = cramMd5 ? ["SCRAM-SHA-256", "CRAM-MD5"] : ["SCRAM-SHA-256"];
        WithoutTls = users.Count == 0 ? [] : hashed;
        // RFC 4954 §4: mechanisms that send the password in clear only under TLS.
        WithTls = users.Count == 0 ? [] : [.. hashed, "PLAIN", "LOGIN"];
    }

    /// <summary>What EHLO names on a connection without TLS; empty where there are no users.</summary>
    public ImmutableArray<string> WithoutTls { get; }

    /// <summary>What EHLO names under TLS; empty where there are no users.</summary>
    public ImmutableArray<string> WithTls { get; }

    /// <summary>Begins an exchange; null where the mechanism is not offered on such a connection.</summary>
    /// <param name="mechanism">The name the client gave, in any case.</param>
    /// <param name="isTls">The connection is under TLS.</param>
    public ISaslServer? Create(string mechanism, bool isTls)
    {
        var name = mechanism.ToUpperInvariant();
        if (!(isTls ? WithTls : WithoutTls).Contains(name))
            return null;
        return name switch
        {
            PlainServer.Name => new PlainServer(_users),
            LoginServer.Name => new LoginServer(_users),
            CramMd5Server.Name => new CramMd5Server(_users, CramMd5Server.NewChallenge(_hostName)),
            ScramSha256Server.Name => new ScramSha256Server(_users, ScramMessages.NewNonce()),
            _ => null,
        };
    }
}
