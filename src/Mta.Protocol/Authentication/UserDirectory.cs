using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>
/// The users that may authenticate, by name. A name that is not there gets a decoy that no password fits, with the cost and the
/// salt size of a real one, so that neither time nor challenge tells whether a user exists.
/// </summary>
public sealed class UserDirectory
{
    private const int SaltSize = 16;
    private readonly FrozenDictionary<string, StoredSecret> _users;
    private readonly byte[] _decoyKey = RandomNumberGenerator.GetBytes(32);
    private readonly int _decoyIterations;

    /// <summary>A directory of the given users.</summary>
    /// <param name="users">Names, as RFC 4013 prepares them, and their secrets.</param>
    public UserDirectory(IReadOnlyDictionary<string, StoredSecret> users)
    {
        _users = users.ToFrozenDictionary(StringComparer.Ordinal);
        // The commonest cost among the users; ties go to the larger.
        _decoyIterations = _users.Values.GroupBy(u => u.Iterations).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key)
            .Select(g => g.Key).FirstOrDefault(StoredSecret.DefaultIterations);
    }

    /// <summary>A directory without users: every authentication fails.</summary>
    public static UserDirectory Empty { get; } = new(new Dictionary<string, StoredSecret>());

    /// <summary>How many users there are.</summary>
    public int Count => _users.Count;

    /// <summary>Checks a name and a password. Takes as long as PBKDF2 does, whether the user exists or not.</summary>
    public bool Verify(string user, string password)
    {
        var known = TryFind(user, out var secret);
        return secret.Verify(password) & known;
    }

    /// <summary>The password for CRAM-MD5; a random one where the user is unknown or the password is not recoverable.</summary>
    internal bool TryRecover(string user, out string password)
    {
        if (TryFind(user, out var secret) && secret is RecoverableSecret recoverable)
        {
            password = recoverable.Password;
            return true;
        }
        password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        return false;
    }

    /// <summary>The verifier for SCRAM; a decoy where there is none.</summary>
    internal ScramSecret FindScram(string user)
    {
        _ = TryFind(user, out var secret);
        return secret switch
        {
            ScramSecret scram => scram,
            RecoverableSecret recoverable => recoverable.Scram,
            _ => Decoy(user),
        };
    }

    private bool TryFind(string user, out StoredSecret secret)
    {
        if (SaslPrep.TryPrepare(user, out var prepared) && _users.TryGetValue(prepared, out var found))
        {
            secret = found;
            return true;
        }
        secret = Decoy(user);
        return false;
    }

    // The salt is the same at every attempt for one name, as it is for a user who exists.
    private ScramSecret Decoy(string user) =>
        ScramSecret.Decoy(HMACSHA256.HashData(_decoyKey, Encoding.UTF8.GetBytes(user))[..SaltSize], _decoyIterations);
}
