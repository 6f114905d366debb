using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// The content of DATA (RFC 5321 §4.5.2): a dot at the beginning of a line is doubled, and CRLF.CRLF ends it. Memory is the chunk's alone.
/// A line begins after any LF, bare ones too: a bare LF cannot come in by SMTP here, but should one be in the content, then no lax
/// receiver can take what follows it for the end of the message.
/// </summary>
public sealed class DotStuffer : BodyFraming
{
    // The content so far ended with these two bytes; at its beginning it stands behind the CRLF of the command.
    private byte _beforeLast = (byte)'\r';
    private byte _last = (byte)'\n';
    private bool _finished;

    internal override bool IsWhole => _finished;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (chunk.IsEmpty) return;
        if (_last == '\n' && chunk[0] == '.') output.Write("."u8);
        Remember(chunk);
        while (true)
        {
            var feed = chunk.IndexOf("\n."u8);
            if (feed < 0) break;
            output.Write(chunk[..(feed + 2)]);
            output.Write("."u8);
            chunk = chunk[(feed + 2)..];
        }
        output.Write(chunk);
    }

    internal override bool Finish(IBufferWriter<byte> output)
    {
        if (_last == '\r') output.Write("\n"u8);
        else if (_last != '\n' || _beforeLast != '\r') output.Write("\r\n"u8);
        output.Write(".\r\n"u8);
        _finished = true;
        return true;
    }

    private void Remember(ReadOnlySpan<byte> chunk)
    {
        _beforeLast = chunk.Length > 1 ? chunk[^2] : _last;
        _last = chunk[^1];
    }
}
