using System.Text;

namespace Mta.Protocol.Smtp.Grammar;

/// <summary>The two forms of a local part.</summary>
internal static class LocalParts
{
    /// <summary>The length of the Dot-string at the front of <paramref name="text"/>, 0 where there is none. It has no empty atom.</summary>
    public static int DotStringLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (true)
        {
            int atom = AtomLength(text[length..]);
            if (atom == 0)
                return 0;
            length += atom;
            if (length == text.Length || text[length] != '.')
                return length;
            length++;
        }
    }

    /// <summary>The local part as it is written in a path: with quotes and backslashes only where the grammar needs them.</summary>
    /// <param name="text">The content, without quotes and escapes.</param>
    /// <param name="octets">The same in UTF-8.</param>
    public static string Write(string text, ReadOnlySpan<byte> octets)
    {
        if (!octets.IsEmpty && DotStringLength(octets) == octets.Length)
            return text;
        StringBuilder quoted = new(text.Length + 2);
        quoted.Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }

    private static int AtomLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && (text[length] > 0x7f || GrammarSets.Atext.Contains(text[length])))
            length++;
        return length;
    }
}
