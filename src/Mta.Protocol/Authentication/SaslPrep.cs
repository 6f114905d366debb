using System.Globalization;
using System.Text;

namespace Mta.Protocol.Authentication;

/// <summary>
/// Prepares user names and passwords for comparison (RFC 4013). Printable ASCII passes as it is; other text is mapped and
/// normalized (NFKC), and control, private-use, unassigned and layout characters are refused. Left out: the bidirectional check of
/// RFC 3454 §6, which guards displayed identifiers; here it could only refuse what would otherwise compare equal to itself.
/// </summary>
public static class SaslPrep
{
    /// <summary>The prepared text; false where it has a prohibited character, or nothing is left.</summary>
    public static bool TryPrepare(string text, out string prepared)
    {
        if (Ascii.IsValid(text))
        {
            prepared = text;
            return text.Length > 0 && !HasControl(text);
        }
        prepared = "";
        if (!IsWellFormed(text))
            return false;
        // RFC 4013 §2.2: normalization form KC, after the mappings of §2.1.
        var normal = Map(text).Normalize(NormalizationForm.FormKC);
        if (normal.Length == 0)
            return false;
        foreach (var rune in normal.EnumerateRunes())
        {
            if (IsProhibited(rune))
                return false;
        }
        prepared = normal;
        return true;
    }

    private static bool HasControl(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
                return true;
        }
        return false;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }

    private static string Map(string text)
    {
        var mapped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (IsMappedToNothing(c))
                continue;
            // RFC 4013 §2.1: non-ASCII spaces (RFC 3454 table C.1.2) become U+0020.
            var isSpace = c > 0x7f && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator;
            mapped.Append(isSpace ? ' ' : c);
        }
        return mapped.ToString();
    }

    // RFC 3454 table B.1, "commonly mapped to nothing". U+200B is in C.1.2 as well; RFC 4013 lets either apply.
    private static bool IsMappedToNothing(char c) => (int)c is
        0x00AD or 0x034F or 0x1806 or (>= 0x180B and <= 0x180D) or (>= 0x200B and <= 0x200D) or 0x2060
        or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF;

    // RFC 4013 §2.3 names the tables; the categories below cover C.2.1 to C.9 and, with OtherNotAssigned, §2.5.
    private static bool IsProhibited(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        _ => rune.Value is 0x0340 or 0x0341 or (>= 0xFFF9 and <= 0xFFFD) or (>= 0x2FF0 and <= 0x2FFB),
    };
}
