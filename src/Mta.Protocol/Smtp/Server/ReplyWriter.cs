using System.Buffers;
using System.Buffers.Text;

namespace Mta.Protocol.Smtp.Server;

/// <summary>Writes replies that are put together at run time, as bytes.</summary>
internal static class ReplyWriter
{
    // RFC 5321 §4.5.3.1.5: a reply line is 512 octets at most, CRLF and codes included.
    private const int MaxText = 480;

    /// <summary>
    /// Writes a reply, one line for each line of its text. What is not printable ASCII becomes <c>?</c>: the text may quote what came from the network.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, SmtpReply reply)
    {
        Span<byte> code = stackalloc byte[16];
        int codeLength = Enhanced(reply.Enhanced, code);
        ReadOnlySpan<char> rest = reply.Text;
        while (true)
        {
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = end < 0 ? rest : rest[..end];
            Number(output, reply.Code);
            output.Write(end < 0 ? " "u8 : "-"u8);
            output.Write(code[..codeLength]);
            Text(output, line.TrimEnd('\r'));
            output.Write("\r\n"u8);
            if (end < 0)
                return;
            rest = rest[(end + 1)..];
        }
    }

    /// <summary>Writes text with all that is not printable ASCII as <c>?</c>, cut at the length of a reply line.</summary>
    public static void Text(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, MaxText)];
        Span<byte> target = output.GetSpan(text.Length + 1);
        for (int i = 0; i < text.Length; i++)
            target[i] = text[i] is >= ' ' and <= '~' ? (byte)text[i] : (byte)'?';
        output.Advance(text.Length);
    }

    /// <summary>Writes a number in decimal.</summary>
    public static void Number(IBufferWriter<byte> output, long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    private static int Enhanced(EnhancedCode code, Span<byte> target)
    {
        if (!code.HasValue)
            return 0;
        Utf8Formatter.TryFormat(code.Class, target, out int length);
        target[length++] = (byte)'.';
        Utf8Formatter.TryFormat(code.Subject, target[length..], out int written);
        length += written;
        target[length++] = (byte)'.';
        Utf8Formatter.TryFormat(code.Detail, target[length..], out written);
        length += written;
        target[length++] = (byte)' ';
        return length;
    }
}
