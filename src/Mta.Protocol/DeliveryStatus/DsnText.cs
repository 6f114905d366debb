using System.Globalization;
using System.Text;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>Text of the network made fit for a notification's fields: nothing in it can end a field, begin another, or hide from the reader.</summary>
internal static class DsnText
{
    /// <summary>Most characters of one field's text; a longer one is cut, and ends with three dots.</summary>
    internal const int MaxLength = 2000;

    private const int FoldAt = 76;

    /// <summary>One line of printable characters. Line ends become spaces; other controls, and characters outside ASCII where they are not allowed, are escaped.</summary>
    /// <param name="text">The text.</param>
    /// <param name="utf8">True where printable characters outside ASCII may stay.</param>
    internal static string OneLine(string text, bool utf8 = false)
    {
        var line = new StringBuilder(Math.Min(text.Length, MaxLength) + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= MaxLength)
            {
                line.Append("...");
                break;
            }
            if (rune.Value is '\r' or '\n' or '\t') line.Append(' ');
            else if (IsPlain(rune, utf8)) line.Append(rune.ToString());
            else line.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }
        return line.ToString().Trim();
    }

    /// <summary>Decodes xtext (RFC 3461 §4). Where the result would not be printable, the text stays encoded.</summary>
    internal static string DecodeXtext(string xtext)
    {
        var decoded = new StringBuilder(xtext.Length);
        for (var i = 0; i < xtext.Length; i++)
        {
            if (xtext[i] != '+')
            {
                decoded.Append(xtext[i]);
                continue;
            }
            // hexchar = "+" 2(%x30-39 / %x41-46)
            if (i + 2 >= xtext.Length || !byte.TryParse(xtext.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                || value is < 0x20 or > 0x7e)
                return xtext;
            decoded.Append((char)value);
            i += 2;
        }
        return decoded.ToString();
    }

    /// <summary>Appends <c>name: value</c> and CRLF, folded at spaces, and anywhere where a word is longer than a line may be.</summary>
    internal static void Field(StringBuilder target, string name, string value)
    {
        target.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column + 1 + word.Length > FoldAt && column > name.Length + 1)
            {
                target.Append("\r\n");
                column = 0;
            }
            target.Append(' ');
            column = AppendWord(target, word, column + 1);
        }
        target.Append("\r\n");
    }

    private static int AppendWord(StringBuilder target, string word, int column)
    {
        // RFC 5322 §2.1.1: a line has at most 998 octets; a character has at most three of UTF-8 here for each of its UTF-16 units.
        const int Piece = 300;
        for (var at = 0; at < word.Length;)
        {
            var length = Math.Min(Piece, word.Length - at);
            if (at + length < word.Length && char.IsHighSurrogate(word[at + length - 1])) length--;
            if (at > 0) target.Append("\r\n ");
            target.Append(word, at, length);
            column = (at > 0 ? 1 : column) + length;
            at += length;
        }
        return column;
    }

    private static bool IsPlain(Rune rune, bool utf8)
    {
        if (rune.IsAscii) return rune.Value is >= 0x20 and < 0x7f;
        return utf8 && rune.Value != 0xfffd && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
    }
}
