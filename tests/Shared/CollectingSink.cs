using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Testing;

/// <summary>What a sink does at one point of the dialogue.</summary>
internal abstract record SinkAnswer
{
    public static SinkAnswer Accept { get; } = new Reply(null);

    /// <summary>Answers with this reply, or positively where it is null.</summary>
    public sealed record Reply(string? Line) : SinkAnswer;

    /// <summary>Takes it after a while, whether the client is still there or not.</summary>
    public sealed record Late(TimeSpan After) : SinkAnswer;

    /// <summary>Closes the connection without a word; what came before it was answered, or those messages would be in doubt too.</summary>
    public sealed record Drop : SinkAnswer;

    /// <summary>Never answers; the client must lose its patience.</summary>
    public sealed record Stall : SinkAnswer;
}

/// <summary>
/// An SMTP server that counts what arrives by the local part of the recipient, and may answer badly where a test wants it.
/// It offers PIPELINING, 8BITMIME and DSN.
/// </summary>
internal sealed class CollectingSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _arrived = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private readonly Lock _gate = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waiters = [];
    private int _deliveries;

    public CollectingSink(int port = 0, string address = "127.0.0.1")
    {
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Asked at each RCPT with the address.</summary>
    public Func<string, SinkAnswer> AtRecipient { get; set; } = _ => SinkAnswer.Accept;

    /// <summary>Asked after the final dot with the recipients.</summary>
    public Func<IReadOnlyList<string>, SinkAnswer> AtEndOfData { get; set; } = _ => SinkAnswer.Accept;

    /// <summary>Given each message that got 250, if set: recipients and octets.</summary>
    public Action<IReadOnlyList<string>, byte[]>? OnMessage { get; set; }

    /// <summary>How often each recipient's local part has arrived.</summary>
    public IReadOnlyDictionary<string, int> Arrived => _arrived;

    public int Deliveries => Volatile.Read(ref _deliveries);

    /// <summary>Connections that neither side has ended.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _sockets.Count(IsOpen);
        }
    }

    public int MostOpen { get; private set; }

    /// <summary>Completes when the condition holds; it is looked at after each delivery.</summary>
    public async Task WaitForAsync(Func<bool> condition, TimeSpan limit, Func<string>? describe = null)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return;
            _waiters.Add((condition, met));
        }
        try
        {
            await met.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"not met within {limit}: {Deliveries} deliveries of {_arrived.Count} ids. {describe?.Invoke()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([_accepting, .. _connections.Keys]);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = ServeAsync(socket);
            _connections[connection] = 0;
            _ = connection.ContinueWith(t => _connections.TryRemove(t, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        lock (_gate)
        {
            _sockets.Add(socket);
            MostOpen = Math.Max(MostOpen, _sockets.Count(IsOpen));
        }
        try
        {
            socket.NoDelay = true;
            await new Dialogue(this, socket, new NetworkStream(socket)).RunAsync(_stop.Token);
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, or the sink is stopped.
        }
        finally
        {
            lock (_gate)
                _sockets.Remove(socket);
            socket.Dispose();
        }
    }

    // The client's end of a connection is known to the system before its next one is, and to this program only when its turn has come. One that is to be told
    // goodbye is over.
    private static bool IsOpen(Socket socket) => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    private void Count(IReadOnlyList<string> recipients, byte[] message)
    {
        foreach (var recipient in recipients)
            _arrived.AddOrUpdate(recipient[..recipient.LastIndexOf('@')], 1, (_, n) => n + 1);
        OnMessage?.Invoke(recipients, message);
        lock (_gate)
        {
            _deliveries++;
            foreach (var waiter in _waiters.Where(w => w.Condition()).ToArray())
            {
                waiter.Met.TrySetResult();
                _waiters.Remove(waiter);
            }
        }
    }

    private sealed class Dialogue(CollectingSink sink, Socket socket, NetworkStream stream)
    {
        private readonly List<string> _recipients = [];
        private readonly StringBuilder _replies = new();
        private byte[] _buffer = new byte[65536];
        private int _start;
        private int _end;

        public async Task RunAsync(CancellationToken cancel)
        {
            _replies.Append("220 sink.test ESMTP\r\n");
            while (true)
            {
                var line = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
                if (line < 0)
                {
                    await FlushAsync(cancel);
                    if (!await FillAsync(cancel))
                        return;
                    continue;
                }
                var command = Encoding.UTF8.GetString(_buffer, _start, line);
                _start += line + 2;
                if (!await CommandAsync(command, cancel))
                    return;
            }
        }

        private async Task<bool> CommandAsync(string command, CancellationToken cancel)
        {
            switch (command.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    _replies.Append("250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n");
                    return true;
                case "MAIL" or "RSET":
                    _recipients.Clear();
                    _replies.Append("250 2.1.0 ok\r\n");
                    return true;
                case "RCPT":
                    var address = command[(command.IndexOf('<', StringComparison.Ordinal) + 1)..command.IndexOf('>', StringComparison.Ordinal)];
                    return await AnswerAsync(sink.AtRecipient(address), "250 2.1.5 ok", () => _recipients.Add(address), cancel);
                case "DATA" when _recipients.Count == 0:
                    _replies.Append("554 5.5.1 no valid recipients\r\n");
                    return true;
                case "DATA":
                    _replies.Append("354 go on\r\n");
                    await FlushAsync(cancel);
                    return await DataAsync(cancel);
                case "QUIT":
                    lock (sink._gate)
                        sink._sockets.Remove(socket);
                    _replies.Append("221 2.0.0 bye\r\n");
                    await FlushAsync(cancel);
                    return false;
                default:
                    _replies.Append("250 2.0.0 ok\r\n");
                    return true;
            }
        }

        private async Task<bool> DataAsync(CancellationToken cancel)
        {
            int end;
            var seen = 0;
            while ((end = _buffer.AsSpan(_start + seen, _end - _start - seen).IndexOf("\r\n.\r\n"u8)) < 0)
            {
                seen = Math.Max(0, _end - _start - 4);
                if (!await FillAsync(cancel))
                    return false;
            }
            end += seen;
            var message = _buffer.AsSpan(_start, end + 2).ToArray();
            _start += end + 5;
            string[] recipients = [.. _recipients];
            return await AnswerAsync(sink.AtEndOfData(recipients), "250 2.0.0 queued", () => sink.Count(recipients, message), cancel);
        }

        private async Task<bool> AnswerAsync(SinkAnswer answer, string positive, Action accepted, CancellationToken cancel)
        {
            switch (answer)
            {
                case SinkAnswer.Reply { Line: { } line }:
                    _replies.Append(line).Append("\r\n");
                    return true;
                case SinkAnswer.Reply:
                    accepted();
                    _replies.Append(positive).Append("\r\n");
                    return true;
                case SinkAnswer.Late late:
                    await FlushAsync(cancel);
                    await Task.Delay(late.After, cancel);
                    accepted();
                    _replies.Append(positive).Append("\r\n");
                    return true;
                case SinkAnswer.Stall:
                    await FlushAsync(cancel);
                    while (await FillAsync(cancel))
                        _start = _end;
                    return false;
                default:
                    // Its end is heard before what is still unread would turn it into a reset, which takes replies with it.
                    await FlushAsync(cancel);
                    socket.Shutdown(SocketShutdown.Send);
                    while (await FillAsync(cancel))
                        _start = _end;
                    return false;
            }
        }

        private async Task FlushAsync(CancellationToken cancel)
        {
            if (_replies.Length == 0)
                return;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_replies.ToString()), cancel);
            _replies.Clear();
        }

        private async Task<bool> FillAsync(CancellationToken cancel)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            _end += read;
            return read > 0;
        }
    }
}
