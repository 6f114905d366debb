using System.Buffers;
using MimeKit;
using Mta.Protocol.Smtp;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>The third part of a notification: the original message, or its header section (RFC 3461 §4.3, RFC 6522 §3, RFC 6533 §5).</summary>
internal static class DsnOriginal
{
    internal static MimePart Part(DsnRequest request)
    {
        var header = request.Header.Span;
        while (header.EndsWith("\r\n\r\n"u8)) header = header[..^2];
        // RFC 6533 §5: headers in UTF-8 go as message/global, and message/global-headers.
        var isGlobal = request.Envelope.SmtpUtf8 && header.IndexOfAnyInRange((byte)0x80, (byte)0xff) >= 0;
        if (!ReturnsWhole(request))
            return DsnComposer.Part(isGlobal ? "message" : "text", isGlobal ? "global-headers" : "rfc822-headers", Lines(Cut(header, request.ReturnLimitBytes)));
        var whole = new ArrayBufferWriter<byte>(header.Length + request.Body!.Value.Length + 4);
        whole.Write(Lines(header));
        whole.Write("\r\n"u8);
        whole.Write(Lines(request.Body.Value.Span));
        return DsnComposer.Part("message", isGlobal ? "global" : "rfc822", whole.WrittenSpan.ToArray());
    }

    // RFC 3461 §4.3: RET=FULL holds for notifications of failure; all others return the headers.
    private static bool ReturnsWhole(DsnRequest request) =>
        request.Envelope.Return == DsnReturn.Full
        && request.Body is { } body
        && request.Recipients.Any(r => r.Action == DsnAction.Failed)
        && request.Header.Length + (long)body.Length <= request.ReturnLimitBytes;

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> header, long limit)
    {
        if (header.Length <= limit) return header;
        var end = header[..(int)Math.Max(0, limit)].LastIndexOf("\r\n"u8);
        return end < 0 ? [] : header[..(end + 2)];
    }

    // Nothing but CRLF ends a line in what this system sends; the last line is ended too.
    private static byte[] Lines(ReadOnlySpan<byte> text)
    {
        var lines = new ArrayBufferWriter<byte>(text.Length + 2);
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny((byte)'\r', (byte)'\n');
            lines.Write(end < 0 ? text : text[..end]);
            lines.Write("\r\n"u8);
            if (end < 0) break;
            text = text[(end + (text[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        }
        return lines.WrittenSpan.ToArray();
    }
}
