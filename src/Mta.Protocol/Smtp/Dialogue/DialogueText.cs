using System.Globalization;
using System.Text;

namespace Mta.Protocol.Smtp.Dialogue;

/// <summary>Octets of a peer as text that steers nothing: what is no printable character is written as <c>\uXXXX</c>.</summary>
internal static class DialogueText
{
    /// <summary>The text of some octets.</summary>
    public static string Of(ReadOnlySpan<byte> octets) => Escape(Encoding.UTF8.GetString(octets));

    /// <summary>The text without what steers.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        StringBuilder escaped = new(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsSafe(rune))
                escaped.Append(rune.ToString());
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        return escaped.ToString();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
