using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>An SMTP server that takes everything, counts each numbered recipient, and keeps nothing. As little work per message as can be.</summary>
internal sealed class BenchSink : IAsyncDisposable
{
    private static readonly byte[] Hello = "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"u8.ToArray();
    private static readonly byte[] Ok = "250 2.0.0 ok\r\n"u8.ToArray();
    private static readonly byte[] GoOn = "354 go on\r\n"u8.ToArray();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _arrived;
    private readonly TimeSpan _delay;
    private readonly int _expected;
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _different;
    private int _open;

    public BenchSink(int port, int expected, TimeSpan delay)
    {
        _arrived = new byte[expected];
        _expected = expected;
        _delay = delay;
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(1024);
        Accepting = AcceptAsync();
    }

    /// <summary>Completes when every number has arrived.</summary>
    public Task All => _all.Task;

    public int Different => Volatile.Read(ref _different);

    public int Twice { get; private set; }

    public int MostOpen { get; private set; }

    private Task Accepting { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await Accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        MostOpen = Math.Max(MostOpen, Interlocked.Increment(ref _open));
        var dialogue = new Dialogue(this, socket);
        try
        {
            await dialogue.RunAsync().ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            dialogue.Dispose();
        }
    }

    private void Count(int number)
    {
        if ((uint)number >= (uint)_expected)
            return;
        lock (_arrived)
        {
            if (_arrived[number]++ > 0)
            {
                Twice++;
                return;
            }
        }
        if (Interlocked.Increment(ref _different) == _expected)
            _all.TrySetResult();
    }

    private sealed class Dialogue(BenchSink sink, Socket socket) : IDisposable
    {
        private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(64 * 1024);
        private readonly byte[] _output = ArrayPool<byte>.Shared.Rent(16 * 1024);
        private int _start;
        private int _end;
        private int _written;
        private int _number = -1;

        public void Dispose()
        {
            socket.Dispose();
            ArrayPool<byte>.Shared.Return(_input);
            ArrayPool<byte>.Shared.Return(_output);
        }

        public async Task RunAsync()
        {
            socket.NoDelay = true;
            Say("220 sink.test ESMTP\r\n"u8);
            while (true)
            {
                var line = Line();
                if (line.IsEmpty)
                {
                    await FlushAsync().ConfigureAwait(false);
                    if (!await FillAsync().ConfigureAwait(false))
                        return;
                    continue;
                }
                if (line.StartsWith("DATA"u8))
                {
                    Say(GoOn);
                    await FlushAsync().ConfigureAwait(false);
                    if (!await SkipBodyAsync().ConfigureAwait(false))
                        return;
                    sink.Count(_number);
                    Say(Ok);
                }
                else if (!Answer(line))
                {
                    await FlushAsync().ConfigureAwait(false);
                    return;
                }
            }
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
            if (line.StartsWith("RCPT TO:<m"u8))
            {
                _number = 0;
                foreach (var digit in line[10..])
                {
                    if (!char.IsAsciiDigit((char)digit))
                        break;
                    _number = _number * 10 + digit - '0';
                }
            }
            Say(line.StartsWith("EHLO"u8) ? Hello : line.StartsWith("QUIT"u8) ? "221 2.0.0 bye\r\n"u8 : Ok);
            return !line.StartsWith("QUIT"u8);
        }

        private void Say(ReadOnlySpan<byte> reply)
        {
            reply.CopyTo(_output.AsSpan(_written));
            _written += reply.Length;
        }

        // The end may lie across two reads, so the last four octets are kept.
        private async Task<bool> SkipBodyAsync()
        {
            while (true)
            {
                var end = _input.AsSpan(_start, _end - _start).IndexOf("\r\n.\r\n"u8);
                if (end >= 0)
                {
                    _start += end + 5;
                    return true;
                }
                _start = Math.Max(_start, _end - 4);
                if (!await FillAsync().ConfigureAwait(false))
                    return false;
            }
        }

        private async Task FlushAsync()
        {
            if (_written == 0)
                return;
            if (sink._delay > TimeSpan.Zero)
                await Task.Delay(sink._delay, sink._stop.Token).ConfigureAwait(false);
            await socket.SendAsync(_output.AsMemory(0, _written), SocketFlags.None, sink._stop.Token).ConfigureAwait(false);
            _written = 0;
        }

        private async Task<bool> FillAsync()
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
            var read = await socket.ReceiveAsync(_input.AsMemory(_end), SocketFlags.None, sink._stop.Token).ConfigureAwait(false);
            _end += read;
            return read > 0;
        }
    }
}
