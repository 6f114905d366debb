using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>CRAM-MD5 (RFC 2195): <c>user SP hex(HMAC-MD5(password, challenge))</c>.</summary>
internal sealed class CramMd5Server(UserDirectory users, string challenge) : ISaslVerifier
{
    public const string Name = "CRAM-MD5";
    private const int DigestHexLength = 32;
    private readonly byte[] _digest = new byte[DigestHexLength / 2];

    public string Mechanism => Name;

    // RFC 2195 §2: a msg-id in form, never the same twice.
    public static string NewChallenge(string hostName) => $"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}@{hostName}>";

    public string? ClaimedUser { get; private set; }

    // RFC 4954 §4: an initial response is an error where the server speaks first.
    public SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse) =>
        hasInitialResponse ? SaslStep.Failed(SaslFailure.Malformed) : SaslStep.Ask(Encoding.ASCII.GetBytes(challenge));

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        // The name may hold spaces: the digest is what follows the last one.
        var space = response.LastIndexOf((byte)' ');
        if (space <= 0 || response.Length - space - 1 != DigestHexLength || !SaslText.TryDecode(response[..space], out var user))
            return SaslStep.Failed(SaslFailure.Malformed);
        Span<char> hex = stackalloc char[DigestHexLength];
        Encoding.ASCII.GetChars(response[(space + 1)..], hex);
        if (Convert.FromHexString(hex, _digest, out _, out _) != OperationStatus.Done)
            return SaslStep.Failed(SaslFailure.Malformed);
        ClaimedUser = user;
        return SaslStep.NeedLookup;
    }

    public SaslStep Verify()
    {
        if (ClaimedUser is not { } user)
            return SaslStep.Failed(SaslFailure.InvalidCredentials);
        var known = users.TryRecover(user, out var password);
        var fits = CryptographicOperations.FixedTimeEquals(_digest, Digest(password, Encoding.ASCII.GetBytes(challenge)));
        return known & fits ? SaslStep.Succeeded(user) : SaslStep.Failed(SaslFailure.InvalidCredentials);
    }

    [SuppressMessage("Security", "CA5351", Justification = "RFC 2195 prescribes HMAC-MD5.")]
    public static byte[] Digest(string password, ReadOnlySpan<byte> challenge) =>
        HMACMD5.HashData(Encoding.UTF8.GetBytes(password), challenge);
}
