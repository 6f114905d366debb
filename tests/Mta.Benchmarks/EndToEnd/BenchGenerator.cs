using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>Sends a scenario's messages over its sessions: MAIL, RCPT and DATA in one segment, then the content. Keeps the time from dot to 250 of each.</summary>
internal sealed class BenchGenerator(Scenario scenario, IPEndPoint server)
{
    private const int MessagesPerSession = 500;
    private readonly string[] _destinations = scenario.Destinations();
    private readonly byte[] _content = Content(scenario.Size);
    private readonly long[] _latency = new long[scenario.Messages];
    private int _next;

    /// <summary>Completes when all are accepted.</summary>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, scenario.Sessions).Select(_ => Task.Run(SessionsAsync)));

    /// <summary>The time from dot to 250 that so many of a hundred messages stayed below.</summary>
    public TimeSpan Latency(double percent)
    {
        var sorted = _latency.Order().ToArray();
        return Stopwatch.GetElapsedTime(0, sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percent / 100))]);
    }

    private static byte[] Content(int size)
    {
        var text = new StringBuilder("From: <sender@generator.test>\r\nTo: <recipient@d.test>\r\nSubject: load\r\nMessage-ID: <load@generator.test>\r\n\r\n");
        while (text.Length < size - 80)
            text.Append("All happy families are alike; each unhappy family is unhappy in its own way.\r\n");
        return Encoding.ASCII.GetBytes(text.Append(".\r\n").ToString());
    }

    private async Task SessionsAsync()
    {
        while (Volatile.Read(ref _next) < scenario.Messages)
            await SessionAsync().ConfigureAwait(false);
    }

    private async Task SessionAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).ConfigureAwait(false);
        var buffer = new byte[4096];
        await ExpectAsync(socket, buffer, 1, "220").ConfigureAwait(false);
        await socket.SendAsync("HELO generator.test\r\n"u8.ToArray()).ConfigureAwait(false);
        await ExpectAsync(socket, buffer, 1, "250").ConfigureAwait(false);
        for (var sent = 0; sent < MessagesPerSession; sent++)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            if (number >= scenario.Messages)
                break;
            await SendAsync(socket, buffer, number).ConfigureAwait(false);
        }
        await socket.SendAsync("QUIT\r\n"u8.ToArray()).ConfigureAwait(false);
        await ExpectAsync(socket, buffer, 1, "221").ConfigureAwait(false);
    }

    private async Task SendAsync(Socket socket, byte[] buffer, int number)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"MAIL FROM:<sender@generator.test>\r\nRCPT TO:<m{number}@{_destinations[number]}>\r\nDATA\r\n");
        await socket.SendAsync(buffer.AsMemory(0, Encoding.ASCII.GetBytes(head, buffer))).ConfigureAwait(false);
        await ExpectAsync(socket, buffer, 3, "354").ConfigureAwait(false);
        await socket.SendAsync(_content).ConfigureAwait(false);
        var dot = Stopwatch.GetTimestamp();
        await ExpectAsync(socket, buffer, 1, "250").ConfigureAwait(false);
        _latency[number] = Stopwatch.GetTimestamp() - dot;
    }

    /// <summary>Reads so many lines, the last of which begins with the code.</summary>
    private static async Task ExpectAsync(Socket socket, byte[] buffer, int lines, string code)
    {
        var end = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(end)).ConfigureAwait(false);
            end += read;
            if (read == 0)
                throw new InvalidOperationException("The server closed the connection.");
            if (buffer.AsSpan(0, end).Count((byte)'\n') < lines)
                continue;
            var last = Encoding.ASCII.GetString(buffer, 0, end).TrimEnd().Split('\n')[^1];
            if (!last.StartsWith(code, StringComparison.Ordinal))
                throw new InvalidOperationException($"Expected {code}, got {last}");
            return;
        }
    }
}
