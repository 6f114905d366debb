using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

/// <summary>A client that says what it is told, byte by byte, and reads replies.</summary>
internal sealed class LineClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TcpClient _tcp = new();
    private Stream _stream = Stream.Null;
    private StreamReader _reader = StreamReader.Null;

    public X509Certificate2? ServerCertificate { get; private set; }

    public static async Task<LineClient> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new LineClient();
        await client._tcp.ConnectAsync(endPoint).WaitAsync(Patience);
        client.Use(client._tcp.GetStream());
        return client;
    }

    /// <summary>Connects, reads the greeting, and says EHLO.</summary>
    public static async Task<LineClient> GreetAsync(IPEndPoint endPoint)
    {
        var client = await ConnectAsync(endPoint);
        Assert.StartsWith("220 ", await client.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.SayAsync("EHLO client.example"), StringComparison.Ordinal);
        return client;
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(byte[] bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    public async Task<string> SayAsync(string command)
    {
        await WriteAsync(command + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>One reply, its lines joined by LF; empty at the end of the connection.</summary>
    public async Task<string> ReplyAsync()
    {
        var lines = new List<string>();
        while (await LineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Length < 4 || line[3] != '-')
                break;
        }
        return string.Join('\n', lines);
    }

    /// <summary>MAIL, RCPT and DATA, each of which must succeed.</summary>
    public async Task BeginDataAsync(string to = "rcpt@example.net")
    {
        Assert.StartsWith("250", await SayAsync("MAIL FROM:<sender@example.org>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await SayAsync($"RCPT TO:<{to}>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await SayAsync("DATA"), StringComparison.Ordinal);
    }

    public async Task<string> SendAsync(string text, string to = "rcpt@example.net")
    {
        await BeginDataAsync(to);
        await WriteAsync(text + "\r\n.\r\n");
        return await ReplyAsync();
    }

    public async Task StartTlsAsync()
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "mx.example.org",
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                ServerCertificate = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                return ServerCertificate is not null;
            },
        });
        Use(tls);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    /// <summary>Ends the connection without a word.</summary>
    public void Drop() => _tcp.Client.Close(0);

    private async Task<string?> LineAsync()
    {
        try
        {
            return await _reader.ReadLineAsync().WaitAsync(Patience);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Use(Stream stream) => (_stream, _reader) = (stream, new StreamReader(stream, Encoding.Latin1));
}
