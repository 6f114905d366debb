using System.Globalization;
using System.Text;

namespace Mta.Cluster.Telemetry;

/// <summary>Text from the network on its way into a log.</summary>
internal static class LogText
{
    private const int MaximumLength = 320;

    /// <summary>
    /// The text with control, format and line-breaking characters, lone surrogates and backslashes written as <c>\uXXXX</c>, and cut after 320 characters. Null becomes
    /// a hyphen.
    /// </summary>
    public static string Escape(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return text is null ? "-" : "";
        var end = Math.Min(text.Length, MaximumLength);
        var bad = 0;
        while (bad < end && !IsUnsafe(text, bad))
            bad++;
        if (bad == text.Length)
            return text;
        var escaped = new StringBuilder(text, 0, bad, end + 16);
        for (var i = bad; i < end; i++)
        {
            if (IsUnsafe(text, i))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            else
                escaped.Append(text[i]);
        }
        return end < text.Length ? escaped.Append('…').ToString() : escaped.ToString();
    }

    private static bool IsUnsafe(string text, int i)
    {
        var c = text[i];
        if (c is >= ' ' and <= '~')
            return c == '\\';
        if (char.IsSurrogate(c))
            return true;
        return char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
    }
}
