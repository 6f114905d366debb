using System.Net;
using System.Net.Sockets;

namespace Mta.Node.Tests.Running;

/// <summary>A client that says a line and hears the reply.</summary>
internal sealed class SmtpDialogue : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private SmtpDialogue(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
    }

    /// <summary>Connects and hears the greeting.</summary>
    public static async Task<SmtpDialogue> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        SmtpDialogue dialogue = new(client);
        Assert.StartsWith("220 ", await dialogue.ReplyAsync(), StringComparison.Ordinal);
        return dialogue;
    }

    /// <summary>The last line of the next reply; null when the server has closed the connection.</summary>
    public async Task<string?> ReplyAsync()
    {
        string? line;
        do
            line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        while (line is [_, _, _, '-', ..]);
        return line;
    }

    /// <summary>Says a line and expects a reply that begins so.</summary>
    public async Task SayAsync(string line, string expected)
    {
        await _writer.WriteLineAsync(line);
        Assert.StartsWith(expected, await ReplyAsync(), StringComparison.Ordinal);
    }

    /// <summary>Begins a message, up to the answer to DATA.</summary>
    public async Task BeginAsync(string recipient)
    {
        await SayAsync("EHLO client.example", "250 ");
        await SayAsync("MAIL FROM:<sender@example.org>", "250 ");
        await SayAsync($"RCPT TO:<{recipient}>", "250 ");
        await SayAsync("DATA", "354 ");
    }

    /// <summary>Ends the message.</summary>
    public Task EndAsync(string expected) => SayAsync("Subject: test\r\n\r\nHello\r\n.", expected);

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}
