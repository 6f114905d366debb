using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>CRAM-MD5 (RFC 2195): <c>user SP hex(HMAC-MD5(password, challenge))</c>.</summary>
internal sealed class CramMd5Server(UserDirectory users, string challenge) : ISaslServer
{
    public const string Name = "CRAM-MD5";
    private const int DigestHexLength = 32;

    public string Mechanism => Name;

    // RFC 2195 §2: a msg-id in form, never the same twice.
    public static string NewChallenge(string hostName) => $"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{hostName}>";

    public SaslStep Start(byte[]? initialResponse) =>
        // RFC 4954 §4: an initial response where the server speaks first is an error.
        initialResponse is { Length: > 0 }
            ? new SaslStep.Failed(SaslFailure.Malformed, null)
            : new SaslStep.Challenge(Encoding.ASCII.GetBytes(challenge));

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        // The name may hold spaces: the digest is what follows the last one.
        var space = response.LastIndexOf((byte)' ');
        if (space <= 0 || response.Length - space - 1 != DigestHexLength || !SaslText.TryDecode(response[..space], out var user))
            return new SaslStep.Failed(SaslFailure.Malformed, null);
        Span<char> hex = stackalloc char[DigestHexLength];
        Encoding.ASCII.GetChars(response[(space + 1)..], hex);
        Span<byte> digest = stackalloc byte[DigestHexLength / 2];
        if (Convert.FromHexString(hex, digest, out _, out _) != System.Buffers.OperationStatus.Done)
            return new SaslStep.Failed(SaslFailure.Malformed, user);
        var known = users.TryRecover(user, out var password);
        var fits = CryptographicOperations.FixedTimeEquals(digest, Digest(password, Encoding.ASCII.GetBytes(challenge)));
        return known & fits ? new SaslStep.Succeeded(user) : new SaslStep.Failed(SaslFailure.Credentials, user);
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 2195 prescribes HMAC-MD5.")]
    public static byte[] Digest(string password, ReadOnlySpan<byte> challenge) =>
        HMACMD5.HashData(Encoding.UTF8.GetBytes(password), challenge);
}
