using System.Text.Unicode;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary><c>xtext = *( xchar / hexchar )</c>, <c>hexchar = "+" 2(%x30-39 / %x41-46)</c> (RFC 3461 §4).</summary>
public static class Xtext
{
    /// <summary>True for xtext: any printable ASCII but <c>+</c> and <c>=</c>, or <c>+</c> and two upper-case hexadecimal digits.</summary>
    /// <param name="text">The octets.</param>
    public static bool IsValid(ReadOnlySpan<byte> text) => IsValid(text, allowUtf8: false);

    /// <summary>True for xtext in which UTF-8 may stand for itself (RFC 6533 §3, <c>utf-8-addr-unitext</c>).</summary>
    /// <param name="text">The octets.</param>
    public static bool IsValidUtf8(ReadOnlySpan<byte> text) => Utf8.IsValid(text) && IsValid(text, allowUtf8: true);

    /// <summary>True where all decoded octets of valid xtext are printable ASCII or space (RFC 3461 §4.4).</summary>
    /// <param name="text">Valid xtext.</param>
    public static bool DecodesToPrintable(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOf((byte)'+')) >= 0; text = text[(at + 3)..])
        {
            if (Value(text.Slice(at + 1, 2)) is < 0x20 or > 0x7e)
                return false;
        }
        return true;
    }

    /// <summary>Decodes valid xtext.</summary>
    /// <param name="text">Valid xtext.</param>
    /// <param name="target">At least as long as the text.</param>
    /// <returns>The octets written.</returns>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '+')
            {
                target[length++] = (byte)Value(text.Slice(i + 1, 2));
                i += 2;
            }
            else
            {
                target[length++] = text[i];
            }
        }
        return length;
    }

    /// <summary>Encodes octets as xtext.</summary>
    /// <param name="octets">Any octets.</param>
    public static string Encode(ReadOnlySpan<byte> octets)
    {
        System.Text.StringBuilder text = new(octets.Length);
        foreach (byte octet in octets)
        {
            if (octet is > 0x20 and < 0x7f && octet != '+' && octet != '=')
                text.Append((char)octet);
            else
                text.Append('+').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static bool IsValid(ReadOnlySpan<byte> text, bool allowUtf8)
    {
        for (int i = 0; i < text.Length; i++)
        {
            byte octet = text[i];
            if (octet == '+')
            {
                if (i + 2 >= text.Length || !IsUpperHex(text[i + 1]) || !IsUpperHex(text[i + 2]))
                    return false;
                i += 2;
            }
            else if (octet is <= 0x20 or 0x7f or (byte)'=' || (octet > 0x7f && !allowUtf8))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsUpperHex(byte octet) => octet is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'F');

    private static int Value(ReadOnlySpan<byte> digits) => (Digit(digits[0]) << 4) | Digit(digits[1]);

    private static int Digit(byte octet) => octet <= '9' ? octet - '0' : octet - 'A' + 10;
}
