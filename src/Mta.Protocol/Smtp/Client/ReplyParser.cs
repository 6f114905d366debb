using System.Buffers;
using System.Text;

namespace Mta.Protocol.Smtp.Client;

/// <summary>What <see cref="ReplyParser.Read"/> found.</summary>
internal enum ReplyParse
{
    /// <summary>All input is consumed and the reply is not complete.</summary>
    Incomplete,

    /// <summary><see cref="ReplyParser.Reply"/> holds a reply.</summary>
    Complete,

    /// <summary>The bytes are no reply, or over a limit; <see cref="ReplyParser.Fault"/> says why. The parser is of no further use.</summary>
    Malformed,
}

/// <summary>
/// Replies out of bytes (RFC 5321 §4.2, §4.2.1), incrementally: consumes what it is given, and at most up to the end of one reply.
/// A line may end with a bare LF: old servers send it, and a reply is a line to us, not a border between commands. A code
/// that changes within a reply is a fault: the two sides would no longer agree on which reply answers which command.
/// </summary>
internal sealed class ReplyParser
{
    /// <summary>Longest line, in bytes with its end; RFC 5321 §4.5.3.1.5 wants 512.</summary>
    internal const int MaxLineBytes = 4096;

    /// <summary>Most lines of one reply.</summary>
    internal const int MaxLines = 200;

    /// <summary>Most bytes of one reply.</summary>
    internal const int MaxReplyBytes = 65_536;

    private readonly StringBuilder _text = new();
    private byte[] _line = new byte[512];
    private int _lineLength;
    private int _lines;
    private int _replyBytes;
    private int _code;
    private EnhancedCode _enhanced;

    /// <summary>The reply that <see cref="Read"/> last completed.</summary>
    internal SmtpReply Reply { get; private set; } = new(0, EnhancedCode.None, "");

    /// <summary>Why the input is malformed; holds no byte of it.</summary>
    internal string Fault { get; private set; } = "";

    /// <summary>True where a part of a reply has been read.</summary>
    internal bool IsInside => _lineLength > 0 || _lines > 0;

    /// <summary>Consumes input up to the end of one reply.</summary>
    /// <param name="input">The bytes; sliced to what is left.</param>
    internal ReplyParse Read(ref ReadOnlySequence<byte> input)
    {
        while (!input.IsEmpty)
        {
            var span = input.FirstSpan;
            var feed = span.IndexOf((byte)'\n');
            var part = feed < 0 ? span : span[..(feed + 1)];
            if (!Append(part)) return ReplyParse.Malformed;
            input = input.Slice(part.Length);
            if (feed < 0) continue;
            var result = ReadLine();
            if (result != ReplyParse.Incomplete) return result;
        }
        return ReplyParse.Incomplete;
    }

    private bool Append(ReadOnlySpan<byte> part)
    {
        if (_lineLength + part.Length > MaxLineBytes) return Fail($"reply line longer than {MaxLineBytes} bytes");
        _replyBytes += part.Length;
        if (_replyBytes > MaxReplyBytes) return Fail($"reply longer than {MaxReplyBytes} bytes");
        if (_lineLength + part.Length > _line.Length) Array.Resize(ref _line, MaxLineBytes);
        part.CopyTo(_line.AsSpan(_lineLength));
        _lineLength += part.Length;
        return true;
    }

    private ReplyParse ReadLine()
    {
        var line = _line.AsSpan(0, _lineLength - 1);
        if (line.EndsWith("\r"u8)) line = line[..^1];
        _lineLength = 0;
        if (!TakeCode(line)) return ReplyParse.Malformed;
        if (++_lines > MaxLines)
        {
            Fail($"reply of more than {MaxLines} lines");
            return ReplyParse.Malformed;
        }
        TakeText(line.Length > 4 ? line[4..] : []);
        if (line.Length > 3 && line[3] == '-') return ReplyParse.Incomplete;
        Complete();
        return ReplyParse.Complete;
    }

    // Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF; RFC 5321 §4.2.
    private bool TakeCode(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || !IsDigit(line[1]) || !IsDigit(line[2]))
            return Fail("reply does not begin with a reply code");
        if (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')) return Fail("reply code is not followed by a space or hyphen");
        var code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        if (_lines > 0 && code != _code) return Fail("reply code changes within a reply");
        _code = code;
        return true;
    }

    private void TakeText(ReadOnlySpan<byte> text)
    {
        if (EnhancedCodeReader.TryRead(text, out var enhanced, out var length))
        {
            if (!_enhanced.HasValue) _enhanced = enhanced;
            text = text[length..];
        }
        if (_lines > 1) _text.Append('\n');
        _text.Append(Encoding.UTF8.GetString(text));
    }

    private void Complete()
    {
        Reply = new SmtpReply(_code, EnhancedCodeReader.Reconcile(_code, _enhanced), _text.ToString());
        _text.Clear();
        _lines = 0;
        _replyBytes = 0;
        _enhanced = EnhancedCode.None;
    }

    private bool Fail(string fault)
    {
        Fault = fault;
        return false;
    }

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
}
