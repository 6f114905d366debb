using System.Text;

namespace Mta.Cli.Bench;

/// <summary>Reads the replies of a server, RFC 5321 §4.2. One read at a time.</summary>
internal sealed class ReplyReader(Stream stream)
{
    // RFC 5321 §4.5.3.1.5 allows 512 octets a line; what is longer by far is no reply.
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _lineStart;
    private int _lineLength;

    /// <summary>The last line of the last reply.</summary>
    public string Text => Encoding.Latin1.GetString(_buffer, _lineStart, _lineLength);

    /// <summary>A line of the last reply began with this word behind the code, in any case.</summary>
    public bool HasPipelining { get; private set; }

    /// <summary>Reads one reply, all its lines.</summary>
    /// <returns>Its code.</returns>
    /// <exception cref="IOException">The server closed the connection, or said what is no reply.</exception>
    public async ValueTask<int> ReadAsync(CancellationToken cancel)
    {
        int code;
        while ((code = NextLine()) <= 0)
        {
            if (code == 0)
                await FillAsync(cancel).ConfigureAwait(false);
        }
        return code;
    }

    // The code of a last line; -1 for a line that others follow, 0 where there is no whole line.
    private int NextLine()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
            return 0;
        var line = rest[..end].TrimEnd((byte)'\r');
        (_lineStart, _lineLength) = (_start, line.Length);
        _start += end + 1;
        if (line.Length < 3 || line[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[0] == '0')
            throw new IOException($"the server said what is no reply: {Text}");
        if (line.Length > 4 && Ascii.EqualsIgnoreCase(line[4..], "PIPELINING"u8))
            HasPipelining = true;
        return line.Length > 3 && line[3] == '-' ? -1 : ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0';
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            throw new IOException("the server sent a line that does not end");
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
        if (read == 0)
            throw new IOException("the server closed the connection");
        _end += read;
    }
}
