using System.Security.Cryptography;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>The key derivations of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677). All keys have 32 octets.</summary>
internal static class ScramKeys
{
    public const int Size = 32;

    // RFC 5802 §3: SaltedPassword := Hi(Normalize(password), salt, i); Hi is PBKDF2 with HMAC and one output block.
    public static byte[] SaltedPassword(string prepared, ReadOnlySpan<byte> salt, int iterations)
    {
        var password = Encoding.UTF8.GetBytes(prepared);
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, Size);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    public static byte[] ClientKey(ReadOnlySpan<byte> saltedPassword) => HMACSHA256.HashData(saltedPassword, "Client Key"u8);

    public static byte[] ServerKey(ReadOnlySpan<byte> saltedPassword) => HMACSHA256.HashData(saltedPassword, "Server Key"u8);

    public static byte[] StoredKey(ReadOnlySpan<byte> clientKey) => SHA256.HashData(clientKey);

    /// <summary>ClientKey XOR ClientSignature; its own inverse.</summary>
    public static byte[] Xor(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var result = new byte[Size];
        for (var i = 0; i < Size; i++)
            result[i] = (byte)(left[i] ^ right[i]);
        return result;
    }

    public static byte[] Sign(ReadOnlySpan<byte> key, string authMessage) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(authMessage));
}
