using System.Security.Cryptography;

namespace Mta.Protocol.Authentication;

/// <summary>A PBKDF2-HMAC-SHA-256 hash (RFC 8018 §5.2), as other mail systems keep it.</summary>
public sealed class Pbkdf2Secret : StoredSecret
{
    internal const string Prefix = "$pbkdf2-sha256$";
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private Pbkdf2Secret(int iterations, byte[] salt, byte[] hash) => (Iterations, _salt, _hash) = (iterations, salt, hash);

    /// <inheritdoc/>
    public override int Iterations { get; }

    internal static Pbkdf2Secret? Parse(string text, out string? problem)
    {
        problem = "expected $pbkdf2-sha256$i=iterations$salt$hash, salt and hash in base64, the hash of 32 octets";
        var parts = text[Prefix.Length..].Split('$');
        if (parts.Length != 3)
            return null;
        var count = parts[0].StartsWith("i=", StringComparison.Ordinal) ? parts[0].AsSpan(2) : parts[0];
        if (!TryIterations(count, out var iterations, out var wrong))
        {
            problem = wrong;
            return null;
        }
        if (Base64(parts[1]) is not { Length: > 0 } salt || Base64(parts[2]) is not { Length: ScramKeys.Size } hash)
            return null;
        problem = null;
        return new Pbkdf2Secret(iterations, salt, hash);
    }

    /// <inheritdoc/>
    public override bool Verify(string password)
    {
        var usable = SaslPrep.TryPrepare(password, out var prepared);
        var hash = ScramKeys.SaltedPassword(prepared, _salt, Iterations);
        return CryptographicOperations.FixedTimeEquals(hash, _hash) & usable;
    }
}
