using System.CommandLine;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Mta.Cli.Sending;

/// <summary>Sends one message, as the options say. What keeps it from being taken becomes a <see cref="CliException"/>.</summary>
internal sealed class TestSender(SendOptions options, ParseResult parsed)
{
    private readonly ServerAddress _server = ServerAddress.TryParse(parsed.GetRequiredValue(options.Server), out var server) ? server : throw new ArgumentException("no server", nameof(parsed));

    /// <summary>Sends it.</summary>
    /// <exception cref="CliException">The server cannot be reached, lets nobody in, or takes neither sender nor recipient nor message.</exception>
    public async Task<SentMessage> SendAsync(MimeMessage message, CancellationToken cancel)
    {
        using TestSession session = new(parsed.GetValue(options.Notify) ?? []);
        if (parsed.GetValue(options.Insecure))
            session.AcceptAnyCertificate();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(parsed.GetValue(options.Patience)));
        try
        {
            await session.ConnectAsync(_server.Host, _server.Port, Security(), patience.Token);
            if (await PasswordFile.ReadAsync(parsed.GetValue(options.User), parsed.GetValue(options.PasswordFile), patience.Token) is { } credentials)
                await session.AuthenticateAsync(credentials, patience.Token);
            var recipients = parsed.GetRequiredValue(options.Recipients);
            var reply = await session.SendAsync(Format(session, recipients), message, Path(parsed.GetRequiredValue(options.Sender)), recipients.Select(Path), patience.Token);
            await session.DisconnectAsync(quit: true, patience.Token);
            var refused = session.Refused;
            return new SentMessage($"{_server.Host}:{_server.Port}", reply, [.. recipients.Where(r => !refused.Any(no => no.Recipient == r))], refused);
        }
        catch (Exception e) when (Problem(e, cancel) is { } problem)
        {
            throw problem;
        }
    }

    private CliException? Problem(Exception e, CancellationToken cancel) => e switch
    {
        SmtpCommandException no => new(ExitCodes.Failed, $"{_server.Host} refuses it: {TestSession.Spelling(no.StatusCode, no.Message)}"),
        MailKit.Security.AuthenticationException or SaslException => new(ExitCodes.Refused, $"{_server.Host} does not let {parsed.GetValue(options.User)} in: {e.Message}"),
        SslHandshakeException => new(ExitCodes.Unreachable, $"no TLS with {_server.Host}: {e.Message.Split('\n')[0].Trim()}"),
        NotSupportedException => new(ExitCodes.Failed, $"{_server.Host} cannot do that: {e.Message}"),
        SmtpProtocolException or SocketException or IOException => new(ExitCodes.Unreachable, $"{_server.Host}:{_server.Port} cannot be reached, or broke off: {e.Message}"),
        OperationCanceledException when !cancel.IsCancellationRequested => new(ExitCodes.Unreachable, $"{_server.Host} was not done after {parsed.GetValue(options.Patience)} s"),
        _ => null,
    };

    private SecureSocketOptions Security() => (parsed.GetValue(options.Tls), parsed.GetValue(options.StartTls)) switch
    {
        (true, _) => SecureSocketOptions.SslOnConnect,
        (_, true) => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    // RFC 6531 §3.1: only where the server offers SMTPUTF8.
    private static FormatOptions Format(SmtpClient session, string[] recipients)
    {
        var format = FormatOptions.Default.Clone();
        format.International = session.Capabilities.HasFlag(SmtpCapabilities.UTF8) && !recipients.All(r => System.Text.Ascii.IsValid(r));
        return format;
    }

    private static MailboxAddress Path(string address) => address.Length > 0 ? MailboxAddress.Parse(address) : new MailboxAddress("", "");
}
