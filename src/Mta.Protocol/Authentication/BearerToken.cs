using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>
/// A bearer token (RFC 6750) of the management endpoint, and the hash that the configuration holds instead of it: <c>sha256:</c> and 64 hexadecimal digits. One round of
/// SHA-256 is enough because a token is 256 random bits, which nobody guesses; a password is not, and has <see cref="ScramSecret"/>.
/// </summary>
public static class BearerToken
{
    /// <summary>What a hash begins with.</summary>
    public const string HashPrefix = "sha256:";

    /// <summary>The fewest characters that a token may have.</summary>
    public const int MinimumLength = 32;

    private const string Prefix = "mta_";

    /// <summary>A new token: 256 random bits in base64url, marked so that scanners for leaked secrets can know it.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes));

    /// <summary>The hash of a token, as the configuration holds it.</summary>
    public static string Hash(string token) => HashPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether a text is a hash.</summary>
    public static bool IsHash(string text) =>
        text.StartsWith(HashPrefix, StringComparison.Ordinal)
        && text.Length == HashPrefix.Length + (SHA256.HashSizeInBytes * 2)
        && text.Skip(HashPrefix.Length).All(char.IsAsciiHexDigit);

    /// <summary>Whether a hash is a token's; takes the same time whatever the token is.</summary>
    public static bool Matches(string hash, string token) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash.ToLowerInvariant()), Encoding.ASCII.GetBytes(Hash(token)));
}
