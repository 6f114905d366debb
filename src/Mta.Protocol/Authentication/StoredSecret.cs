using System.Diagnostics.CodeAnalysis;

namespace Mta.Protocol.Authentication;

/// <summary>
/// What the node keeps of a user's password: one line of text in the configuration, in one of three forms.
/// <list type="bullet">
/// <item><c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c> (base64): serves PLAIN, LOGIN and SCRAM-SHA-256. PostgreSQL writes the same form.</item>
/// <item><c>$pbkdf2-sha256$i=iterations$salt$hash</c> (base64): serves PLAIN and LOGIN. Not SCRAM: the hash is SCRAM's salted
/// password, so who steals it could log in without knowing the password.</item>
/// <item><c>{PLAIN}password</c>: serves all mechanisms, CRAM-MD5 among them (RFC 2195 needs the password itself on both sides),
/// and is only as safe as the file in which it stands.</item>
/// </list>
/// </summary>
public abstract class StoredSecret
{
    /// <summary>RFC 7677 §4: the least iteration count.</summary>
    public const int MinimumIterations = 4096;

    /// <summary>What a line is made with: about 0.1 to 0.2 s of one core for each guess.</summary>
    public const int DefaultIterations = 600_000;

    /// <summary>The most that a line may ask for, so that one login cannot hold a core for minutes.</summary>
    public const int MaximumIterations = 10_000_000;

    /// <summary>Can the password be had back from this secret? CRAM-MD5 needs that.</summary>
    public virtual bool IsRecoverable => false;

    /// <summary>PBKDF2 rounds that one check of a password costs.</summary>
    public abstract int Iterations { get; }

    /// <summary>Is this the password? Takes as long as PBKDF2 does; the comparison takes constant time.</summary>
    /// <param name="password">The password as the client gave it; prepared here (RFC 4013).</param>
    public abstract bool Verify(string password);

    /// <summary>Reads one line.</summary>
    /// <param name="text">The line.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="problem">What is wrong with the line; never repeats any of it.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out StoredSecret? secret, [NotNullWhen(false)] out string? problem)
    {
        secret = null;
        if (text.StartsWith(ScramSecret.Prefix, StringComparison.Ordinal))
            secret = ScramSecret.Parse(text, out problem);
        else if (text.StartsWith(Pbkdf2Secret.Prefix, StringComparison.Ordinal))
            secret = Pbkdf2Secret.Parse(text, out problem);
        else if (text.StartsWith(RecoverableSecret.Prefix, StringComparison.Ordinal))
            secret = RecoverableSecret.Parse(text, out problem);
        else
            problem = "expected SCRAM-SHA-256$…, $pbkdf2-sha256$… or {PLAIN}…; 'mtactl hash-password' prints such a line";
        return secret is not null;
    }

    private protected static bool TryIterations(ReadOnlySpan<char> text, out int iterations, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out iterations)
            && iterations is >= MinimumIterations and <= MaximumIterations)
            return true;
        problem = $"the iteration count must be a number from {MinimumIterations} to {MaximumIterations}";
        return false;
    }

    private protected static byte[]? Base64(string text)
    {
        // RFC 4648 §3.2: some writers of crypt-like lines leave the padding out.
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
    }
}
