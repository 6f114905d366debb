using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>Domains in the form in which the system compares and stores them: lower-case A-labels (RFC 5890 §2.3.2.1).</summary>
public static class DomainName
{
    /// <summary>Longest domain in octets (RFC 5321 §4.5.3.1.2).</summary>
    public const int MaxLength = 255;

    private const int MaxLabel = 63;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Reads a domain: <c>Domain = sub-domain *("." sub-domain)</c> (RFC 5321 §4.1.2), U-labels allowed (RFC 6531 §3.3). No final dot.</summary>
    /// <param name="text">The domain in UTF-8.</param>
    /// <param name="domain">The canonical form, or the empty string.</param>
    public static bool TryCanonicalize(ReadOnlySpan<byte> text, out string domain)
    {
        domain = "";
        if (text.IsEmpty || text.Length > MaxLength)
            return false;
        if (!Ascii.IsValid(text))
            return TryMap(text, out domain);
        if (!IsDomain(text))
            return false;
        Span<char> lower = stackalloc char[text.Length];
        Ascii.ToLower(text, lower, out _);
        domain = new string(lower);
        return true;
    }

    /// <summary>Reads a domain out of a string, as configuration gives it.</summary>
    /// <param name="text">The domain.</param>
    /// <param name="domain">The canonical form, or the empty string.</param>
    public static bool TryCanonicalize(string text, out string domain) =>
        TryCanonicalize(Encoding.UTF8.GetBytes(text), out domain);

    /// <summary><c>sub-domain = Let-dig [Ldh-str]</c>: letters, digits, hyphens inside.</summary>
    private static bool IsDomain(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int dot = text.IndexOf((byte)'.');
            ReadOnlySpan<byte> label = dot < 0 ? text : text[..dot];
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(GrammarSets.LetDigHyphen))
                return false;
            if (dot < 0)
                return true;
            text = text[(dot + 1)..];
        }
    }

    private static bool TryMap(ReadOnlySpan<byte> text, out string domain)
    {
        domain = "";
        // Other characters that IDNA takes for a dot, as U+3002, are not dots in SMTP (RFC 6531 §3.3).
        if (!Utf8.IsValid(text))
            return false;
        string unicode = Encoding.UTF8.GetString(text);
        if (unicode.AsSpan().ContainsAny('\u3002', '\uff0e', '\uff61'))
            return false;
        try
        {
            byte[] mapped = Encoding.ASCII.GetBytes(Idn.GetAscii(unicode));
            return Ascii.IsValid(mapped) && mapped.AsSpan().IndexOf((byte)'?') < 0 && TryCanonicalize(mapped, out domain);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
