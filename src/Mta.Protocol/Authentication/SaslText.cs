using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>Text in SASL messages: UTF-8, well formed, bounded.</summary>
internal static class SaslText
{
    /// <summary>The longest name or password, in octets: four times what RFC 4616 §2 demands.</summary>
    public const int MaximumOctets = 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (bytes.Length > MaximumOctets || !System.Text.Unicode.Utf8.IsValid(bytes))
            return false;
        text = Strict.GetString(bytes);
        return true;
    }
}
