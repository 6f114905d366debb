using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Testing;

/// <summary>
/// Sends numbered messages over many SMTP sessions and keeps the ids that got 250 after their final dot. Each id is offered once:
/// where the answer is lost with the connection the id counts as unanswered, so that a copy that arrives twice is the server's doing.
/// </summary>
internal sealed class LoadGenerator(IReadOnlyList<IPEndPoint> servers, Func<int, LoadMessage> message)
{
    private readonly ConcurrentDictionary<string, long> _accepted = new();
    private readonly ConcurrentDictionary<string, byte> _unanswered = new();
    private readonly ConcurrentDictionary<string, string> _refused = new();
    private readonly ConcurrentQueue<Acceptance> _times = new();
    private long _started;
    private int _next;

    /// <summary>Messages offered a second by all sessions together; 0 for as many as go.</summary>
    public int Rate { get; init; }

    /// <summary>When each 250 came, and from which server.</summary>
    public IReadOnlyCollection<Acceptance> Times => _times;

    /// <summary>How many messages were offered so far.</summary>
    public int Offered => Volatile.Read(ref _next);

    /// <summary>The ids that got 250, with the time from the final dot to the reply in stopwatch ticks.</summary>
    public IReadOnlyDictionary<string, long> Accepted => _accepted;

    /// <summary>The ids whose final answer was lost.</summary>
    public IReadOnlyCollection<string> Unanswered => [.. _unanswered.Keys];

    /// <summary>The ids that got another answer, with it.</summary>
    public IReadOnlyDictionary<string, string> Refused => _refused;

    /// <summary>Sends messages 0 to count-1 over so many sessions and reconnects as often as it takes, until all were offered or it is cancelled.</summary>
    public Task RunAsync(int count, int sessions, CancellationToken cancel)
    {
        _started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, sessions).Select(i => SessionsAsync(servers[i % servers.Count], count, cancel)));
    }

    private async Task SessionsAsync(IPEndPoint server, int count, CancellationToken cancel)
    {
        while (Volatile.Read(ref _next) < count && !cancel.IsCancellationRequested)
        {
            try
            {
                await SessionAsync(server, count, cancel);
            }
            catch (Exception broken) when (broken is IOException or SocketException or EndOfStreamException)
            {
                // The server is down: the pause keeps the reconnects of all sessions from eating the processor.
                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SessionAsync(IPEndPoint server, int count, CancellationToken cancel)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancel);
        await using var stream = new NetworkStream(socket);
        var reader = new ReplyReader(stream);
        if (await reader.ReadAsync(cancel) is not 220)
            throw new IOException(reader.Last);
        await CommandAsync(stream, reader, "EHLO generator.test\r\n", cancel);
        while (!cancel.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            if (number >= count)
                break;
            await PaceAsync(number, cancel);
            // What is begun is ended: a message that is broken off would count as one whose answer was lost.
            if (!await SendAsync(stream, reader, message(number), server, CancellationToken.None))
                return;
        }
        await CommandAsync(stream, reader, "QUIT\r\n", CancellationToken.None);
    }

    private async Task PaceAsync(int number, CancellationToken cancel)
    {
        if (Rate == 0)
            return;
        var wait = TimeSpan.FromSeconds((double)number / Rate) - Stopwatch.GetElapsedTime(_started);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, cancel);
    }

    private async Task<bool> SendAsync(NetworkStream stream, ReplyReader reader, LoadMessage load, IPEndPoint server, CancellationToken cancel)
    {
        var dotSent = false;
        try
        {
            await stream.WriteAsync(load.Head, cancel);
            foreach (var expected in load.HeadReplies)
            {
                var code = await reader.ReadAsync(cancel);
                if (code / 100 == expected)
                    continue;
                _refused[load.Id] = reader.Last;
                return false;
            }
            await stream.WriteAsync(load.Body, cancel);
            dotSent = true;
            var start = Stopwatch.GetTimestamp();
            if (await reader.ReadAsync(cancel) is 250)
            {
                _accepted[load.Id] = Stopwatch.GetTimestamp() - start;
                _times.Enqueue(new Acceptance(load.Id, server, Stopwatch.GetTimestamp()));
            }
            else
                _refused[load.Id] = reader.Last;
            return true;
        }
        catch (Exception) when (dotSent)
        {
            _unanswered[load.Id] = 0;
            throw;
        }
    }

    private static async Task CommandAsync(NetworkStream stream, ReplyReader reader, string command, CancellationToken cancel)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command), cancel);
        await reader.ReadAsync(cancel);
    }

    private sealed class ReplyReader(NetworkStream stream)
    {
        private readonly byte[] _buffer = new byte[8192];
        private int _start;
        private int _end;

        public string Last { get; private set; } = "";

        /// <summary>Reads one reply, all its lines, and gives its code.</summary>
        public async ValueTask<int> ReadAsync(CancellationToken cancel)
        {
            while (true)
            {
                var line = _buffer.AsSpan(_start, _end - _start);
                var lf = line.IndexOf((byte)'\n');
                if (lf >= 0)
                {
                    line = line[..lf];
                    _start += lf + 1;
                    if (line.Length >= 4 && line[3] == '-')
                        continue;
                    Last = Encoding.Latin1.GetString(line).TrimEnd('\r');
                    return int.Parse(Last.AsSpan(0, 3), provider: null);
                }
                await FillAsync(cancel);
            }
        }

        private async ValueTask FillAsync(CancellationToken cancel)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel);
            if (read == 0)
                throw new EndOfStreamException("the server closed the connection");
            _end += read;
        }
    }
}

/// <summary>A 250 after the final dot.</summary>
/// <param name="Id">The message.</param>
/// <param name="Server">Who said it.</param>
/// <param name="At">When, as a timestamp of the stopwatch.</param>
internal readonly record struct Acceptance(string Id, IPEndPoint Server, long At);

/// <summary>One message to send.</summary>
/// <param name="Id">What names it on both sides.</param>
/// <param name="Head">MAIL, RCPT and DATA in one segment.</param>
/// <param name="HeadReplies">The classes of the replies to them: 2, 2, 3.</param>
/// <param name="Body">The message with its final dot.</param>
internal sealed record LoadMessage(string Id, ReadOnlyMemory<byte> Head, IReadOnlyList<int> HeadReplies, ReadOnlyMemory<byte> Body)
{
    /// <summary>A message of about so many octets whose recipient's local part is its id.</summary>
    public static LoadMessage Create(string id, string domain, int size, string sender = "sender@generator.test")
    {
        var head = $"MAIL FROM:<{sender}>\r\nRCPT TO:<{id}@{domain}>\r\nDATA\r\n";
        var header = $"From: <{sender}>\r\nTo: <{id}@{domain}>\r\nSubject: {id}\r\nMessage-ID: <{id}@generator.test>\r\n\r\n";
        var body = new StringBuilder(header, size + 256);
        while (body.Length < size)
            body.Append("All happy families are alike; each unhappy family is unhappy in its own way.\r\n");
        body.Append(".\r\n");
        return new LoadMessage(id, Encoding.ASCII.GetBytes(head), [2, 2, 3], Encoding.ASCII.GetBytes(body.ToString()));
    }
}
