using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// Judges the octets of a message while they pass: size, line ends, line length, NUL, Received fields. The first fault in the order of the octets counts, however the
/// octets are split into calls.
/// </summary>
internal struct MessageMeter
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private readonly long _maxSize;
    private readonly int _maxLine;
    private readonly int _maxReceived;
    private LineHead _head;
    private int _line;
    private int _received;
    private bool _afterCr;
    private bool _inBody;

    /// <summary>A meter for one message.</summary>
    public MessageMeter(ServerSessionOptions options)
    {
        _maxSize = options.MaxMessageBytes;
        _maxLine = options.MaxTextLineBytes;
        _maxReceived = options.MaxReceivedFields;
    }

    /// <summary>Octets that passed without fault.</summary>
    public long Size { get; private set; }

    /// <summary>The reply that refuses the message, or null while it is good.</summary>
    public byte[]? Failure { get; private set; }

    /// <summary>True when an octet above 127 passed.</summary>
    public bool HasEightBit { get; private set; }

    /// <summary>True when the last octets were CRLF, or there were none.</summary>
    public readonly bool AtLineStart => _line == 0 && !_afterCr;

    /// <summary>Takes the next octets of the message.</summary>
    /// <returns>True while the message is good, and these octets belong into the body.</returns>
    public bool Take(ReadOnlySpan<byte> text)
    {
        if (Failure is not null)
            return false;
        long room = _maxSize - Size;
        ReadOnlySpan<byte> fits = text.Length > room ? text[..(int)room] : text;
        Failure = Scan(fits);
        if (Failure is null && fits.Length < text.Length)
            Failure = Replies.MessageTooBig;
        if (Failure is not null)
            return false;
        HasEightBit = HasEightBit || !Ascii.IsValid(text);
        Size += text.Length;
        return true;
    }

    /// <summary>Refuses the message from outside; an earlier fault stands.</summary>
    public void Fail(byte[] reply) => Failure ??= reply;

    /// <summary>Says that the message is over.</summary>
    public void End()
    {
        if (_afterCr)
            Fail(Replies.BareControlInMessage);
    }

    private byte[]? Scan(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (_afterCr)
            {
                if (text[0] != '\n')
                    return Replies.BareControlInMessage;
                if (EndLine() is { } fault)
                    return fault;
                text = text[1..];
                continue;
            }
            int at = text.IndexOfAny(Special);
            ReadOnlySpan<byte> content = at < 0 ? text : text[..at];
            if (!_inBody)
                _head.Append(content, _line);
            _line += content.Length;
            // RFC 5321 §4.5.3.1.6: the limit includes CRLF.
            if (_line > _maxLine - 2)
                return Replies.TextLineTooLong;
            if (at < 0)
                return null;
            // RFC 5321 §2.3.8: CR and LF only as CRLF. RFC 5322 §4 and RFC 2045 §2.8 take NUL out of text and of 8-bit data; BINARYMIME is not offered.
            if (text[at] != '\r')
                return Replies.BareControlInMessage;
            _afterCr = true;
            text = text[(at + 1)..];
        }
        return null;
    }

    private byte[]? EndLine()
    {
        if (!_inBody)
        {
            if (_line == 0)
                _inBody = true;
            else if (_head.IsReceived(_line) && ++_received > _maxReceived)
                return Replies.MailLoop; // RFC 5321 §6.3: loops are found by counting Received fields.
        }
        _line = 0;
        _afterCr = false;
        return null;
    }

    /// <summary>The first octets of a line of the header section.</summary>
    [InlineArray(Length)]
    private struct LineHead
    {
        private const int Length = 16;
        private byte _first;

        public void Append(ReadOnlySpan<byte> content, int offset)
        {
            if (offset >= Length)
                return;
            Span<byte> room = ((Span<byte>)this)[offset..];
            content[..Math.Min(content.Length, room.Length)].CopyTo(room);
        }

        public readonly bool IsReceived(int length)
        {
            ReadOnlySpan<byte> line = ((ReadOnlySpan<byte>)this)[..Math.Min(length, Length)];
            int colon = line.IndexOf((byte)':');
            // RFC 5322 §4.5: space before the colon is obsolete, but read.
            return colon > 0 && Ascii.EqualsIgnoreCase(line[..colon].TrimEnd(" \t"u8), "Received"u8);
        }
    }
}
