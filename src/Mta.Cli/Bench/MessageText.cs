using System.Buffers.Text;
using System.Text;

namespace Mta.Cli.Bench;

/// <summary>The octets of messages of one size: a header of its own for each, then a body that all share.</summary>
internal sealed class MessageText
{
    /// <summary>Octets that a buffer for <see cref="WriteHeader"/> must have: two paths of RFC 5321 §4.5.3.1.3 and the rest.</summary>
    public const int HeaderCapacity = 1024;

    // What a header comes to with usual addresses; a message is as near to its size as this is true.
    private const int UsualHeader = 140;
    private const string Line = "All happy families are alike; each unhappy family is unhappy in its own way.\r\n";

    /// <summary>Messages of about so many octets, header included.</summary>
    public MessageText(int size)
    {
        var wanted = Math.Max(1, size - UsualHeader - 2);
        var text = new StringBuilder(wanted + Line.Length);
        while (text.Length < wanted)
            text.Append(Line);
        // A cut may have left half a line end.
        var lines = text.ToString(0, wanted).TrimEnd('\r', '\n').PadRight(wanted, 'x');
        Body = Encoding.ASCII.GetBytes(lines + "\r\n.\r\n");
    }

    /// <summary>The lines of the body and the final dot.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Writes a header with the empty line behind it.</summary>
    /// <returns>How many octets it has.</returns>
    public static int WriteHeader(Span<byte> output, ReadOnlySpan<byte> sender, ReadOnlySpan<byte> recipient, long id)
    {
        var at = Append(output, 0, "From: <"u8);
        at = Append(output, at, sender);
        at = Append(output, at, ">\r\nTo: <"u8);
        at = Append(output, at, recipient);
        at = Append(output, at, ">\r\nSubject: load\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <"u8);
        Utf8Formatter.TryFormat(id, output[at..], out var digits);
        return Append(output, at + digits, "@bench.test>\r\n\r\n"u8);
    }

    private static int Append(Span<byte> output, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(output[at..]);
        return at + text.Length;
    }
}
