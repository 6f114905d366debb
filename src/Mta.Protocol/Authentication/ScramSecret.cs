using System.Security.Cryptography;

namespace Mta.Protocol.Authentication;

/// <summary>A SCRAM-SHA-256 verifier (RFC 5802 §5.1): enough to check a proof or a password, not enough to log in with.</summary>
public sealed class ScramSecret : StoredSecret
{
    internal const string Prefix = "SCRAM-SHA-256$";
    private const int SaltSize = 16;

    private ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) =>
        (Iterations, Salt, StoredKey, ServerKey) = (iterations, salt, storedKey, serverKey);

    /// <inheritdoc/>
    public override int Iterations { get; }

    internal byte[] Salt { get; }

    internal byte[] StoredKey { get; }

    internal byte[] ServerKey { get; }

    /// <summary>A verifier for <paramref name="password"/> with a fresh random salt.</summary>
    /// <param name="password">The password; prepared here (RFC 4013).</param>
    /// <param name="iterations">PBKDF2 rounds.</param>
    /// <exception cref="ArgumentException">The password is empty or has characters that RFC 4013 prohibits.</exception>
    public static ScramSecret Create(string password, int iterations = DefaultIterations) =>
        Create(password, RandomNumberGenerator.GetBytes(SaltSize), iterations);

    internal static ScramSecret Create(string password, byte[] salt, int iterations)
    {
        if (!SaslPrep.TryPrepare(password, out var prepared))
            throw new ArgumentException("the password is empty or has characters that RFC 4013 prohibits", nameof(password));
        var salted = ScramKeys.SaltedPassword(prepared, salt, iterations);
        return new ScramSecret(iterations, salt, ScramKeys.StoredKey(ScramKeys.ClientKey(salted)), ScramKeys.ServerKey(salted));
    }

    /// <summary>A verifier that no password fits: what an unknown user is measured against.</summary>
    internal static ScramSecret Decoy(byte[] salt, int iterations) => new(
        iterations, salt, RandomNumberGenerator.GetBytes(ScramKeys.Size), RandomNumberGenerator.GetBytes(ScramKeys.Size));

    internal static ScramSecret? Parse(string text, out string? problem)
    {
        problem = "expected SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey, salt and keys in base64, keys of 32 octets";
        var parts = text[Prefix.Length..].Split(['$', ':']);
        if (parts.Length != 4)
            return null;
        if (!TryIterations(parts[0], out var iterations, out var wrong))
        {
            problem = wrong;
            return null;
        }
        if (Base64(parts[1]) is not { Length: > 0 } salt
            || Base64(parts[2]) is not { Length: ScramKeys.Size } stored
            || Base64(parts[3]) is not { Length: ScramKeys.Size } server)
            return null;
        problem = null;
        return new ScramSecret(iterations, salt, stored, server);
    }

    /// <inheritdoc/>
    public override bool Verify(string password)
    {
        var usable = SaslPrep.TryPrepare(password, out var prepared);
        var salted = ScramKeys.SaltedPassword(prepared, Salt, Iterations);
        var stored = ScramKeys.StoredKey(ScramKeys.ClientKey(salted));
        return CryptographicOperations.FixedTimeEquals(stored, StoredKey) & usable;
    }

    /// <summary>The line as the configuration holds it.</summary>
    public override string ToString() =>
        $"{Prefix}{Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}";
}
