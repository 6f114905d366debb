using System.Collections.Immutable;

namespace Mta.Protocol.Authentication;

/// <summary>The mechanisms a listener offers over a set of users, and the exchanges it starts with them.</summary>
public sealed class SaslServers : ISaslServerFactory
{
    private readonly UserDirectory _users;
    private readonly string _hostName;
    private readonly IReadOnlyList<string> _inClear;
    private readonly IReadOnlyList<string> _underTls;

    /// <summary>Mechanisms over a set of users; none where there are no users.</summary>
    /// <param name="users">The users.</param>
    /// <param name="hostName">This host's name, for the challenge of CRAM-MD5.</param>
    /// <param name="cramMd5">Offer CRAM-MD5; only users with a recoverable secret can use it.</param>
    public SaslServers(UserDirectory users, string hostName, bool cramMd5)
    {
        _users = users;
        _hostName = hostName;
        ImmutableArray<string> digests = cramMd5 ? [ScramSha256Server.Name, CramMd5Server.Name] : [ScramSha256Server.Name];
        _inClear = users.Count == 0 ? ImmutableArray<string>.Empty : digests;
        // RFC 4954 §4: mechanisms that send the password in clear only under TLS.
        _underTls = users.Count == 0 ? ImmutableArray<string>.Empty : digests.AddRange(PlainServer.Name, LoginServer.Name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Mechanisms(bool underTls) => underTls ? _underTls : _inClear;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no such mechanism.</exception>
    public ISaslServer Create(string mechanism) => mechanism switch
    {
        PlainServer.Name => new PlainServer(_users),
        LoginServer.Name => new LoginServer(_users),
        CramMd5Server.Name => new CramMd5Server(_users, CramMd5Server.NewChallenge(_hostName)),
        ScramSha256Server.Name => new ScramSha256Server(_users, ScramMessages.NewNonce()),
        _ => throw new ArgumentException($"no mechanism {mechanism}", nameof(mechanism)),
    };
}
