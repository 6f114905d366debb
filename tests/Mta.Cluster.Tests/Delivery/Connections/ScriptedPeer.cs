using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>A server that says and expects just what the test writes down, one script for each connection in its turn.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Queue<Func<Dialogue, Task>> _scripts;
    private readonly Task _serving;
    private readonly CancellationTokenSource _stop = new();
    private readonly string? _socketPath;

    public ScriptedPeer(params Func<Dialogue, Task>[] scripts)
        : this(new IPEndPoint(IPAddress.Loopback, 0), scripts)
    {
    }

    public ScriptedPeer(EndPoint endPoint, params Func<Dialogue, Task>[] scripts)
    {
        _scripts = new(scripts);
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        _listener.Bind(endPoint);
        _listener.Listen();
        _socketPath = (endPoint as UnixDomainSocketEndPoint)?.ToString();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Everything that clients said, in order.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Completes when all scripts have run to their end; throws what they threw.</summary>
    public Task Done => _serving.WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        // A script that waits for the test to go on does not keep a failed test from ending.
        await Task.WhenAny(_serving, Task.Delay(TimeSpan.FromSeconds(1)));
        if (_socketPath is not null)
            File.Delete(_socketPath);
    }

    private async Task ServeAsync()
    {
        var running = new List<Task>();
        while (_scripts.TryDequeue(out var script))
            running.Add(RunAsync(await _listener.AcceptAsync(_stop.Token), script));
        await Task.WhenAll(running);
    }

    private async Task RunAsync(Socket socket, Func<Dialogue, Task> script)
    {
        using var dialogue = new Dialogue(socket, this, _stop.Token);
        await script(dialogue);
    }

    /// <summary>One connection.</summary>
    internal sealed class Dialogue(Socket socket, ScriptedPeer peer, CancellationToken stop) : IDisposable
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private Stream _stream = new NetworkStream(socket, ownsSocket: true);
        private int _start;
        private int _end;

        public void Dispose() => _stream.Dispose();

        /// <summary>Greets and answers EHLO with these extensions.</summary>
        public async Task OpenAsync(params string[] extensions)
        {
            await SayAsync("220 peer.test");
            await AnswerEhloAsync("EHLO", extensions);
        }

        public async Task AnswerEhloAsync(string verb, params string[] extensions)
        {
            await ExpectAsync($"{verb} helo.test");
            string[] lines = ["peer.test", .. extensions];
            await SayAsync([.. lines.Select((line, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{line}")]);
        }

        /// <summary>Takes one message whole, without pipelining.</summary>
        public async Task<string> TakeMessageAsync(string recipient = "to@d.test")
        {
            await ExpectAsync("MAIL FROM:<from@s.test>", "250 2.1.0 ok");
            await ExpectAsync($"RCPT TO:<{recipient}>", "250 2.1.5 ok");
            await ExpectAsync("DATA", "354 go");
            var content = await ContentAsync();
            await SayAsync("250 2.0.0 taken");
            return content;
        }

        public async Task QuitAsync()
        {
            await ExpectAsync("QUIT", "221 2.0.0 bye");
            await EndAsync();
        }

        public async Task SayAsync(params string[] lines) =>
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n"))), stop);

        /// <summary>Reads a line, which must begin so, and answers it.</summary>
        public async Task<string> ExpectAsync(string beginning, params string[] answer)
        {
            var line = await LineAsync();
            if (!line.StartsWith(beginning, StringComparison.Ordinal))
                throw new InvalidOperationException($"expected '{beginning}', got '{line}'");
            if (answer.Length > 0)
                await SayAsync(answer);
            return line;
        }

        /// <summary>The content up to its final dot.</summary>
        public async Task<string> ContentAsync()
        {
            var content = new StringBuilder();
            for (var line = await LineAsync(); line != "."; line = await LineAsync())
                content.Append(line).Append("\r\n");
            return content.ToString();
        }

        public async Task<byte[]> OctetsAsync(int count)
        {
            var octets = new byte[count];
            for (var got = 0; got < count;)
            {
                if (_start == _end && !await FillAsync())
                    throw new EndOfStreamException("the client has gone");
                var take = Math.Min(count - got, _end - _start);
                _buffer.AsSpan(_start, take).CopyTo(octets.AsSpan(got));
                (_start, got) = (_start + take, got + take);
            }
            return octets;
        }

        /// <summary>Waits for the client to close.</summary>
        public async Task EndAsync()
        {
            try
            {
                while (await FillAsync())
                    _start = _end;
            }
            catch (IOException)
            {
                // Reset is an end too.
            }
        }

        /// <summary>Closes with a reset.</summary>
        public void Reset()
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        public async Task StartTlsAsync(X509Certificate2 certificate)
        {
            var tls = new SslStream(_stream);
            _stream = tls;
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        }

        private async Task<string> LineAsync()
        {
            while (true)
            {
                var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
                if (end >= 0)
                {
                    var line = Encoding.UTF8.GetString(_buffer, _start, end);
                    _start += end + 2;
                    peer.Heard.Enqueue(line);
                    return line;
                }
                if (!await FillAsync())
                    throw new EndOfStreamException("the client has gone");
            }
        }

        private async Task<bool> FillAsync()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), stop);
            _end += read;
            return read > 0;
        }
    }

    /// <summary>A certificate for a name, signed by itself.</summary>
    public static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
