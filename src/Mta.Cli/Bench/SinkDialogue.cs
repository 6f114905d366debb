using System.Buffers;
using System.Net.Sockets;

namespace Mta.Cli.Bench;

/// <summary>One connection to the sink: takes everything, and tells the number of each recipient. As little work for a message as can be.</summary>
internal sealed class SinkDialogue(BenchSink sink, Socket socket) : IDisposable
{
    private const int InputSize = 64 * 1024;
    private const int OutputSize = 16 * 1024;
    private const int LongestReply = 256;
    private static readonly byte[] Hello = "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"u8.ToArray();
    private static readonly byte[] Ok = "250 2.0.0 ok\r\n"u8.ToArray();
    private static readonly byte[] GoOn = "354 go on\r\n"u8.ToArray();
    private static readonly byte[] NoRecipient = "554 5.5.1 no recipient\r\n"u8.ToArray();
    private static readonly byte[] Bye = "221 2.0.0 bye\r\n"u8.ToArray();
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private readonly byte[] _output = ArrayPool<byte>.Shared.Rent(OutputSize);
    private readonly List<long> _recipients = [];
    private int _start;
    private int _end;
    private int _written;

    /// <inheritdoc/>
    public void Dispose()
    {
        socket.Dispose();
        ArrayPool<byte>.Shared.Return(_input);
        ArrayPool<byte>.Shared.Return(_output);
    }

    /// <summary>Completes when the client has gone or said QUIT.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        socket.NoDelay = true;
        Say("220 sink.test ESMTP\r\n"u8);
        var isOpen = true;
        while (isOpen)
        {
            var line = Line();
            if (line.IsEmpty)
            {
                await FlushAsync(cancel).ConfigureAwait(false);
                isOpen = await FillAsync(cancel).ConfigureAwait(false);
            }
            else if (Ascii(line, "DATA"u8))
            {
                isOpen = await DataAsync(cancel).ConfigureAwait(false);
            }
            else
            {
                isOpen = Answer(line);
            }
            if (_written > OutputSize - LongestReply)
                await FlushAsync(cancel).ConfigureAwait(false);
        }
        await FlushAsync(cancel).ConfigureAwait(false);
    }

    private static bool Ascii(ReadOnlySpan<byte> line, ReadOnlySpan<byte> verb) =>
        line.Length >= verb.Length && System.Text.Ascii.EqualsIgnoreCase(line[..verb.Length], verb);

    // What stands between a number and the at sign, or no digits, is no id.
    private static long IdOf(ReadOnlySpan<byte> line)
    {
        var at = line.LastIndexOf((byte)'@');
        var first = at;
        while (first > 0 && char.IsAsciiDigit((char)line[first - 1]))
            first--;
        return at > first && System.Buffers.Text.Utf8Parser.TryParse(line[first..at], out long id, out _) ? id : -1;
    }

    private ReadOnlySpan<byte> Line()
    {
        var rest = _input.AsSpan(_start, _end - _start);
        var end = rest.IndexOf("\r\n"u8);
        if (end < 0)
            return default;
        _start += end + 2;
        return rest[..(end + 2)];
    }

    private bool Answer(ReadOnlySpan<byte> line)
    {
        if (Ascii(line, "QUIT"u8))
        {
            Say(Bye);
            return false;
        }
        if (Ascii(line, "RCPT"u8))
            _recipients.Add(IdOf(line));
        else
            _recipients.Clear();
        Say(Ascii(line, "EHLO"u8) ? Hello : Ok);
        return true;
    }

    private async Task<bool> DataAsync(CancellationToken cancel)
    {
        if (_recipients.Count == 0)
        {
            Say(NoRecipient);
            return true;
        }
        Say(GoOn);
        await FlushAsync(cancel).ConfigureAwait(false);
        if (!await SkipContentAsync(cancel).ConfigureAwait(false))
            return false;
        foreach (var id in _recipients)
            sink.Count(id);
        _recipients.Clear();
        Say(Ok);
        return true;
    }

    private void Say(ReadOnlySpan<byte> reply)
    {
        reply.CopyTo(_output.AsSpan(_written));
        _written += reply.Length;
    }

    // The end may lie across two reads, so the last four octets are kept. DATA's own line end counts: a message may be a dot alone.
    private async Task<bool> SkipContentAsync(CancellationToken cancel)
    {
        _start -= "\r\n".Length;
        while (true)
        {
            var end = _input.AsSpan(_start, _end - _start).IndexOf("\r\n.\r\n"u8);
            if (end >= 0)
            {
                _start += end + 5;
                return true;
            }
            _start = Math.Max(_start, _end - 4);
            if (!await FillAsync(cancel).ConfigureAwait(false))
                return false;
        }
    }

    private async Task FlushAsync(CancellationToken cancel)
    {
        if (_written == 0)
            return;
        if (sink.ReplyDelay > TimeSpan.Zero)
            await Task.Delay(sink.ReplyDelay, cancel).ConfigureAwait(false);
        await socket.SendAsync(_output.AsMemory(0, _written), SocketFlags.None, cancel).ConfigureAwait(false);
        _written = 0;
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        _input.AsSpan(_start, _end - _start).CopyTo(_input);
        (_start, _end) = (0, _end - _start);
        if (_end == _input.Length)
            return false;
        var read = await socket.ReceiveAsync(_input.AsMemory(_end), SocketFlags.None, cancel).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
