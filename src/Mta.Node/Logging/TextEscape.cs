using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mta.Node.Logging;

/// <summary>
/// Makes text safe for one line on a terminal or in a file: control characters, line and paragraph separators, marks that turn the
/// direction of writing, and half surrogates are written as <c>\x0d</c> or <c>\u202e</c>. Nothing else is changed.
/// </summary>
internal static class TextEscape
{
    private static readonly SearchValues<char> Dangerous = SearchValues.Create(
    [
        .. Range(0x00, 0x1f), .. Range(0x7f, 0x9f), .. Range(0x200b, 0x200f), .. Range(0x2028, 0x202e), .. Range(0x2066, 0x2069),
        '\u061c', '\ufeff', .. Range(0xfff9, 0xfffb),
    ]);

    /// <summary>Writes text as UTF-8, escaped.</summary>
    /// <param name="text">The text, from anywhere.</param>
    /// <param name="output">Takes the bytes.</param>
    public static void Write(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            int plain = PlainLength(text);
            Encoding.UTF8.GetBytes(text[..plain], output);
            if (plain == text.Length)
                return;
            WriteCode(text[plain], output);
            text = text[(plain + 1)..];
        }
    }

    /// <summary>The text, escaped.</summary>
    /// <param name="text">The text, from anywhere.</param>
    public static string Of(string text)
    {
        ArrayBufferWriter<byte> escaped = new(Math.Max(text.Length, 1));
        Write(text, escaped);
        return Encoding.UTF8.GetString(escaped.WrittenSpan);
    }

    private static int PlainLength(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny(Dangerous);
        if (end < 0)
            end = text.Length;
        for (int i = 0; i < end; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]))
                return i;
            i++;
        }
        return end;
    }

    private static void WriteCode(char code, IBufferWriter<byte> output)
    {
        Span<byte> escaped = output.GetSpan(6);
        escaped[0] = (byte)'\\';
        escaped[1] = code <= 0xff ? (byte)'x' : (byte)'u';
        ((int)code).TryFormat(escaped[2..], out int digits, code <= 0xff ? "x2" : "x4", CultureInfo.InvariantCulture);
        output.Advance(2 + digits);
    }

    private static IEnumerable<char> Range(int first, int last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
