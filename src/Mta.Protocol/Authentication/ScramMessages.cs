using System.Buffers.Text;
using System.Security.Cryptography;

namespace Mta.Protocol.Authentication;

/// <summary>The grammar of SCRAM messages (RFC 5802 §7).</summary>
internal static class ScramMessages
{
    private const int NonceOctets = 18;

    /// <summary>24 printable characters without comma, 144 bits of chance.</summary>
    public static string NewNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceOctets));

    // RFC 5802 §7: printable = %x21-2B / %x2D-7E.
    public static bool IsNonce(ReadOnlySpan<char> text) =>
        text.Length > 0 && !text.ContainsAnyExceptInRange('\x21', '\x7e') && !text.Contains(',');

    // RFC 5802 §5.1: "=2C" and "=3D" stand for comma and equals sign; any other "=" is an error.
    public static bool TryDecodeName(string text, out string name)
    {
        name = text.Replace("=2C", ",", StringComparison.Ordinal);
        var equals = text.Replace("=2C", "", StringComparison.Ordinal).Replace("=3D", "", StringComparison.Ordinal).Contains('=');
        name = name.Replace("=3D", "=", StringComparison.Ordinal);
        return !equals && text.Length > 0;
    }

    public static string EncodeName(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    /// <summary>The value of <paramref name="attribute"/> where <paramref name="part"/> is <c>a=value</c>; else null.</summary>
    public static string? Value(string part, char attribute) =>
        part.Length >= 2 && part[0] == attribute && part[1] == '=' ? part[2..] : null;

    public static byte[]? Base64(string? text, int octets)
    {
        if (text is null || text.Length > SaslText.MaximumOctets)
            return null;
        var bytes = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64String(text, bytes, out var written) && (octets == 0 ? written > 0 : written == octets)
            ? bytes[..written]
            : null;
    }
}
