using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Mta.Cli.Bench;

/// <summary>
/// One session of the generator. Connect ─▶ greeting ─▶ EHLO ─▶ [STARTTLS ─▶ EHLO] ─▶ [AUTH] ─▶ transactions ─▶ QUIT. Whatever goes wrong is an
/// <see cref="IOException"/>, after which the session is over.
/// </summary>
internal sealed class BenchSession : IDisposable
{
    private static readonly byte[] Ehlo = "EHLO bench.test\r\n"u8.ToArray();
    private static readonly byte[] StartTls = "STARTTLS\r\n"u8.ToArray();
    private static readonly byte[] Dot = ".\r\n"u8.ToArray();
    private static readonly byte[] Reset = "RSET\r\n"u8.ToArray();
    private static readonly byte[] Quit = "QUIT\r\n"u8.ToArray();

    // A message up to this is written at once, with its header.
    private const int SingleWrite = 24 * 1024;
    private readonly BenchPlan _plan;
    private readonly IReadOnlyList<MessageText> _texts;
    private readonly int _number;
    private readonly byte[] _output = new byte[SingleWrite + MessageText.HeaderCapacity];
    private readonly byte[] _sender = new byte[AddressPattern.Longest];
    private readonly byte[] _recipient = new byte[AddressPattern.Longest];
    private readonly CancellationTokenSource _patience;
    private Stream _stream;
    private ReplyReader _replies;
    private bool _pipelines;
    private string _refusal = "";
    private int _senderLength;
    private int _recipientLength;

    private BenchSession(BenchPlan plan, IReadOnlyList<MessageText> texts, int number, Socket socket, CancellationTokenSource patience)
    {
        (_plan, _texts, _number, _patience) = (plan, texts, number, patience);
        _stream = new NetworkStream(socket, ownsSocket: true);
        _replies = new ReplyReader(_stream);
    }

    /// <summary>Connects, and says what comes before the first message.</summary>
    /// <exception cref="IOException">The session cannot be had.</exception>
    public static async Task<BenchSession> OpenAsync(BenchPlan plan, IReadOnlyList<MessageText> texts, int number, CancellationToken cancel)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(plan.Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var server = plan.Servers[number % plan.Servers.Count];
        var session = default(BenchSession);
        try
        {
            await socket.ConnectAsync(server, patience.Token).ConfigureAwait(false);
            session = new BenchSession(plan, texts, number, socket, patience);
            await session.GreetAsync().ConfigureAwait(false);
            return session;
        }
        catch (Exception error)
        {
            socket.Dispose();
            patience.Dispose();
            session?.Dispose();
            if (error is SocketException)
                throw new IOException($"no connection to {server}: {error.Message}", error);
            if (error is OperationCanceledException && !cancel.IsCancellationRequested)
                throw new IOException($"no session with {server} within {plan.Patience}", error);
            throw;
        }
    }

    /// <summary>Sends one message and tells the tally what became of it.</summary>
    /// <returns>False where the session can take no further one.</returns>
    public async Task<bool> SendAsync(BenchMessage message, BenchTally tally)
    {
        var dotSent = false;
        _patience.CancelAfter(_plan.Patience);
        try
        {
            SetAddresses(message);
            var code = await EnvelopeAsync().ConfigureAwait(false);
            if (code == 354)
            {
                var octets = await ContentAsync(message).ConfigureAwait(false);
                var dot = Stopwatch.GetTimestamp();
                dotSent = true;
                code = await ReplyAsync().ConfigureAwait(false);
                if (code == 250)
                {
                    tally.Accept(message.Id, code, Stopwatch.GetElapsedTime(dot), octets);
                    return true;
                }
                _refusal = _replies.Text;
            }
            tally.Refuse(message.Id, code, _refusal);
            return code != 421;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            tally.Break(message.Id, dotSent, error);
            return false;
        }
    }

    /// <summary>Says QUIT and waits for the answer, whatever it is.</summary>
    public async Task QuitAsync()
    {
        try
        {
            await CommandAsync(Quit).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Everything is answered; how the connection ends changes nothing.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _patience.Dispose();
    }

    private CancellationToken Cancel => _patience.Token;

    private async Task GreetAsync()
    {
        Demand(await ReplyAsync().ConfigureAwait(false), 220, "greeting");
        Demand(await CommandAsync(Ehlo).ConfigureAwait(false), 250, "EHLO");
        if (_plan.StartTls)
        {
            Demand(await CommandAsync(StartTls).ConfigureAwait(false), 220, "STARTTLS");
            await StartTlsAsync().ConfigureAwait(false);
            Demand(await CommandAsync(Ehlo).ConfigureAwait(false), 250, "EHLO");
        }
        _pipelines = _plan.Pipelining && _replies.HasPipelining;
        if (_plan.User is { } user)
        {
            // RFC 4616: authorization identity (none), user, password.
            var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user.UserName}\0{user.Password}"));
            Demand(await CommandAsync(Encoding.ASCII.GetBytes($"AUTH PLAIN {plain}\r\n")).ConfigureAwait(false), 235, "AUTH");
        }
    }

    private async Task StartTlsAsync()
    {
#pragma warning disable CA5359 // A load generator for one's own server, whose certificate is often a self-made one; nothing secret is sent but test mail.
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        _stream = tls;
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = _plan.ServerName }, Cancel).ConfigureAwait(false);
        }
        catch (System.Security.Authentication.AuthenticationException error)
        {
            throw new IOException($"no TLS: {error.Message}", error);
        }
        _replies = new ReplyReader(tls);
    }

    private void SetAddresses(BenchMessage message)
    {
        var domain = _plan.Domains.Utf8[message.Domain];
        _senderLength = _plan.Sender.Write(_sender, message.Id, domain, _number);
        _recipientLength = _plan.Recipient.Write(_recipient, message.Id, domain, _number);
    }

    // 354 where the content may be sent, else the code that refused the message; its reply stands in _refusal.
    private async Task<int> EnvelopeAsync()
    {
        var mail = Command("MAIL FROM:<"u8, _sender.AsSpan(0, _senderLength), 0);
        var rcpt = Command("RCPT TO:<"u8, _recipient.AsSpan(0, _recipientLength), mail);
        var data = rcpt + "DATA\r\n"u8.Length;
        "DATA\r\n"u8.CopyTo(_output.AsSpan(rcpt));
        if (_pipelines)
            return await PipelinedAsync(data).ConfigureAwait(false);
        var code = await PartAsync(0, mail).ConfigureAwait(false);
        if (IsPositive(code))
            code = await PartAsync(mail, rcpt).ConfigureAwait(false);
        if (IsPositive(code))
            code = await PartAsync(rcpt, data).ConfigureAwait(false);
        if (code == 354)
            return code;
        _refusal = _replies.Text;
        await EndRefusedAsync(code, 0).ConfigureAwait(false);
        return code;
    }

    private async Task<int> PipelinedAsync(int length)
    {
        var mail = await PartAsync(0, length).ConfigureAwait(false);
        if (!IsPositive(mail))
            _refusal = _replies.Text;
        var rcpt = await ReplyAsync().ConfigureAwait(false);
        if (!IsPositive(rcpt) && IsPositive(mail))
            _refusal = _replies.Text;
        var data = await ReplyAsync().ConfigureAwait(false);
        var code = IsPositive(mail) ? IsPositive(rcpt) ? data : rcpt : mail;
        if (code == 354)
            return code;
        if (code == data)
            _refusal = _replies.Text;
        await EndRefusedAsync(code, data).ConfigureAwait(false);
        return code;
    }

    // RFC 2920 §3.1: a server may take DATA although nothing before it was good; then nothing is sent.
    private Task EndRefusedAsync(int code, int data) =>
        code == 421 ? Task.CompletedTask : CommandAsync(data == 354 ? Dot : Reset);

    private async Task<int> PartAsync(int from, int to)
    {
        await _stream.WriteAsync(_output.AsMemory(from..to), Cancel).ConfigureAwait(false);
        return await ReplyAsync().ConfigureAwait(false);
    }

    private static bool IsPositive(int code) => code is 250 or 251;

    private async Task<int> ContentAsync(BenchMessage message)
    {
        var header = MessageText.WriteHeader(_output, _sender.AsSpan(0, _senderLength), _recipient.AsSpan(0, _recipientLength), message.Id);
        var body = _texts[message.Size].Body;
        if (header + body.Length <= _output.Length)
        {
            body.CopyTo(_output.AsMemory(header));
            await _stream.WriteAsync(_output.AsMemory(0, header + body.Length), Cancel).ConfigureAwait(false);
        }
        else
        {
            await _stream.WriteAsync(_output.AsMemory(0, header), Cancel).ConfigureAwait(false);
            await _stream.WriteAsync(body, Cancel).ConfigureAwait(false);
        }
        return header + body.Length - ".\r\n".Length;
    }

    private int Command(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> path, int at)
    {
        verb.CopyTo(_output.AsSpan(at));
        at += verb.Length;
        path.CopyTo(_output.AsSpan(at));
        at += path.Length;
        ">\r\n"u8.CopyTo(_output.AsSpan(at));
        return at + 3;
    }

    private async Task<int> CommandAsync(ReadOnlyMemory<byte> line)
    {
        await _stream.WriteAsync(line, Cancel).ConfigureAwait(false);
        return await ReplyAsync().ConfigureAwait(false);
    }

    private ValueTask<int> ReplyAsync() => _replies.ReadAsync(Cancel);

    private void Demand(int code, int wanted, string what)
    {
        if (code != wanted)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{what}: expected {wanted}, the server said: {_replies.Text}"));
    }
}
