using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>Address literals (RFC 5321 §4.1.3).</summary>
public static class AddressLiteral
{
    private const int MaxLength = 64;

    /// <summary>
    /// Reads <c>"[" ( IPv4-address-literal / IPv6-address-literal ) "]"</c>. General-address-literals have no registered tag but <c>IPv6</c>, and are refused.
    /// </summary>
    /// <param name="text">The literal with its brackets.</param>
    /// <param name="literal">The canonical form, as <see cref="Write(IPAddress)"/> gives it, or the empty string.</param>
    public static bool TryCanonicalize(ReadOnlySpan<byte> text, out string literal)
    {
        literal = TryRead(text, out IPAddress? address) ? Write(address!) : "";
        return literal.Length > 0;
    }

    /// <summary>Reads the address out of a literal.</summary>
    /// <param name="text">The literal with its brackets.</param>
    /// <param name="address">The address, null where false is returned.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        address = null;
        if (text.Length is < 4 or > MaxLength || text[0] != '[' || text[^1] != ']')
            return false;
        ReadOnlySpan<byte> inner = text[1..^1];
        if (inner.ContainsAnyExcept(GrammarSets.Literal))
            return false;
        ReadOnlySpan<byte> tag = "IPv6:"u8;
        return inner.Length > tag.Length && Ascii.EqualsIgnoreCase(inner[..tag.Length], tag)
            ? TryReadIPv6(inner[tag.Length..], out address)
            : TryReadIPv4(inner, out address);
    }

    /// <summary>The literal of an address, as <c>[192.0.2.1]</c> or <c>[IPv6:2001:db8::1]</c>. An IPv4-mapped address is written as IPv4.</summary>
    /// <param name="address">The address.</param>
    public static string Write(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
            address = new IPAddress(address.GetAddressBytes()); // A zone is of this host only (RFC 4007 §11).
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
    }

    /// <summary><c>IPv4-address-literal = Snum 3("." Snum)</c>, <c>Snum = 1*3DIGIT</c>, 0 to 255, decimal.</summary>
    private static bool TryReadIPv4(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        address = null;
        Span<byte> octets = stackalloc byte[4];
        int count = 0;
        foreach (Range range in text.Split((byte)'.'))
        {
            ReadOnlySpan<byte> number = text[range];
            if (count == 4 || number.Length is 0 or > 3 || number.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
            int value = 0;
            foreach (byte digit in number)
                value = (value * 10) + digit - '0';
            if (value > 255)
                return false;
            octets[count++] = (byte)value;
        }
        if (count == 4)
            address = new IPAddress(octets);
        return count == 4;
    }

    /// <summary><c>IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp</c>.</summary>
    private static bool TryReadIPv6(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        Span<char> chars = stackalloc char[MaxLength];
        int length = Encoding.ASCII.GetChars(text, chars);
        return IPAddress.TryParse(chars[..length], out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
