using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mta.Cli.Tests.Bench;

/// <summary>An SMTP server whose replies a test chooses: null stands for breaking the connection off. It keeps what it was told, segment by segment.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _sessions = [];
    private readonly Task _accepting;

    public ScriptedServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The extensions that EHLO names.</summary>
    public string[] Extensions { get; init; } = ["PIPELINING"];

    /// <summary>The reply to a command; to a message it is asked with a dot.</summary>
    public Func<string, string?> Reply { get; init; } = Positive;

    /// <summary>The commands, and for each message a dot.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The content of each message, dots and all.</summary>
    public List<string> Contents { get; } = [];

    /// <summary>What came in one read each, before the content of messages.</summary>
    public List<string> Segments { get; } = [];

    public static string Positive(string command) => command switch
    {
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ when command.StartsWith("AUTH", StringComparison.Ordinal) => "235 welcome",
        _ => "250 ok",
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_sessions);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await DialogueAsync(client.GetStream());
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private async Task DialogueAsync(NetworkStream stream)
    {
        await SayAsync(stream, "220 scripted ESMTP");
        var pending = "";
        var buffer = new byte[65536];
        var inContent = false;
        while (true)
        {
            var end = pending.IndexOf(inContent ? "\r\n.\r\n" : "\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                var read = await stream.ReadAsync(buffer, _stop.Token);
                if (read == 0)
                    return;
                pending += Encoding.ASCII.GetString(buffer, 0, read);
                if (!inContent)
                    Keep(Segments, Encoding.ASCII.GetString(buffer, 0, read));
                continue;
            }
            var command = inContent ? "." : pending[..end];
            if (inContent)
                Keep(Contents, pending[2..(end + 2)]);
            pending = pending[(end + (inContent ? 5 : 2))..];
            Keep(Commands, command);
            if (Reply(command) is not { } reply)
                return;
            if (command.StartsWith("EHLO", StringComparison.Ordinal))
                reply = string.Join("\r\n", Extensions.Select(e => $"250-{e}").Append("250 HELP"));
            await SayAsync(stream, reply);
            // A line end before the content, so that a dot alone ends it too.
            if (inContent = command == "DATA" && reply.StartsWith('3'))
                pending = "\r\n" + pending;
            if (command == "QUIT")
                return;
        }
    }

    private static void Keep(List<string> list, string text)
    {
        lock (list)
            list.Add(text);
    }

    private async Task SayAsync(NetworkStream stream, string reply) => await stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), _stop.Token);
}
