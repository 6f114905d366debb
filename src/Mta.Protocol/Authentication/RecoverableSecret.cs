using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>A password that is kept as it is, because CRAM-MD5 cannot do with less.</summary>
public sealed class RecoverableSecret : StoredSecret
{
    internal const string Prefix = "{PLAIN}";
    private readonly Lazy<ScramSecret> _scram;

    private RecoverableSecret(string prepared)
    {
        Password = prepared;
        _scram = new Lazy<ScramSecret>(() => ScramSecret.Create(prepared));
    }

    /// <inheritdoc/>
    public override bool IsRecoverable => true;

    /// <inheritdoc/>
    public override int Iterations => DefaultIterations;

    internal string Password { get; }

    /// <summary>The verifier for SCRAM, derived at its first use.</summary>
    internal ScramSecret Scram => _scram.Value;

    internal static RecoverableSecret? Parse(string text, out string? problem)
    {
        var usable = SaslPrep.TryPrepare(text[Prefix.Length..], out var prepared);
        problem = usable ? null : "the password after {PLAIN} is empty or has characters that RFC 4013 prohibits";
        return usable ? new RecoverableSecret(prepared) : null;
    }

    /// <inheritdoc/>
    public override bool Verify(string password)
    {
        // The same work as for a hashed password, so that the time does not tell which users have this form.
        var usable = SaslPrep.TryPrepare(password, out var prepared);
        _ = ScramKeys.SaltedPassword(prepared, "recoverable"u8, Iterations);
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(prepared));
        var kept = SHA256.HashData(Encoding.UTF8.GetBytes(Password));
        return CryptographicOperations.FixedTimeEquals(given, kept) & usable;
    }
}
