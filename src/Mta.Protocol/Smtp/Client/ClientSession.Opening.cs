using System.Buffers;
using System.Buffers.Text;
using Mta.Protocol.Authentication;

namespace Mta.Protocol.Smtp.Client;

/// <content>From the greeting to <see cref="ClientState.Open"/>: EHLO, STARTTLS, AUTH.</content>
public sealed partial class ClientSession
{
    // RFC 4954 §4: AUTH with its initial response must fit the command line's 512 octets; else the response follows an empty challenge.
    private const int MaxAuthLine = 512;

    // Far more than any mechanism takes; a peer that challenges without end is cut off.
    private const int MaxChallenges = 16;

    private static readonly SmtpReply TlsNotOffered = new(454, new EnhancedCode(4, 7, 4), "TLS is required and the receiving system does not offer it");
    private static readonly SmtpReply NoMechanism = new(454, new EnhancedCode(4, 7, 0), "Authentication is required and the receiving system offers no mechanism that can be used");

    private ISaslClient? _sasl;
    private byte[]? _delayedResponse;
    private int _challenges;

    private void OnOpeningReply(ExpectedKind kind, SmtpReply reply, IBufferWriter<byte> output)
    {
        switch (kind)
        {
            case ExpectedKind.Greeting:
                OnGreeting(reply, output);
                break;
            case ExpectedKind.Ehlo:
                OnEhlo(reply, output);
                break;
            case ExpectedKind.Helo:
                OnHelo(reply, output);
                break;
            case ExpectedKind.StartTls:
                OnStartTls(reply, output);
                break;
            case ExpectedKind.Auth:
                OnAuth(reply, output);
                break;
            default:
                throw new InvalidOperationException($"No reply to {kind} belongs to the opening.");
        }
    }

    // RFC 5321 §3.1: 220, or 554 from a host that takes no mail. What a 554 means for the message is the driver's matter: another MX may take it.
    private void OnGreeting(SmtpReply reply, IBufferWriter<byte> output)
    {
        Greeting = reply;
        if (reply.IsPositive) SayHello(output);
        else RefuseOrEnd(ClientStage.Greeting, reply);
    }

    private void SayHello(IBufferWriter<byte> output)
    {
        State = ClientState.Hello;
        // RFC 2033 §4.1: LHLO in place of EHLO and HELO.
        CommandWriter.Line(output, _options.Protocol == ClientProtocol.Lmtp ? "LHLO "u8 : "EHLO "u8, _options.HeloName);
        _expected.Enqueue(new Expected(ExpectedKind.Ehlo));
    }

    private void OnEhlo(SmtpReply reply, IBufferWriter<byte> output)
    {
        if (reply.IsPositive)
        {
            Peer = PeerExtensions.Parse(reply.Text);
            AfterHello(output);
        }
        else if (reply.IsPermanent && _options.Protocol == ClientProtocol.Smtp)
        {
            // RFC 5321 §3.2 names 500 and 502; servers use 501, 504 and 550 for the same, so any 5yz falls back. A 554 meant for us comes again.
            CommandWriter.Line(output, "HELO "u8, _options.HeloName);
            _expected.Enqueue(new Expected(ExpectedKind.Helo));
        }
        else
        {
            RefuseOrEnd(ClientStage.Ehlo, reply);
        }
    }

    private void OnHelo(SmtpReply reply, IBufferWriter<byte> output)
    {
        if (!reply.IsPositive)
        {
            RefuseOrEnd(ClientStage.Ehlo, reply);
            return;
        }
        // A peer of HELO has no extensions, whatever its text says.
        Peer = new PeerExtensions { Name = PeerExtensions.Parse(reply.Text).Name };
        AfterHello(output);
    }

    private void AfterHello(IBufferWriter<byte> output)
    {
        if (IsTls || _options.Tls == ClientTlsMode.None) Authenticate(output);
        else if (Peer.StartTls) SayStartTls(output);
        else if (_options.Tls == ClientTlsMode.Opportunistic) Authenticate(output);
        else Refuse(ClientStage.StartTls, TlsNotOffered, isLocal: true);
    }

    private void SayStartTls(IBufferWriter<byte> output)
    {
        State = ClientState.StartTls;
        CommandWriter.Line(output, "STARTTLS"u8);
        _expected.Enqueue(new Expected(ExpectedKind.StartTls));
    }

    private void OnStartTls(SmtpReply reply, IBufferWriter<byte> output)
    {
        if (reply.IsPositive) State = ClientState.TlsHandshake;
        else if (reply.Code < 400 || _options.Tls != ClientTlsMode.Opportunistic) RefuseOrEnd(ClientStage.StartTls, reply);
        // RFC 3207 §4: after 454 or 501 the client decides; opportunistic TLS goes on in clear text (RFC 7435).
        else Authenticate(output);
    }

    private void Authenticate(IBufferWriter<byte> output)
    {
        if (_options.Sasl.IsDefaultOrEmpty)
        {
            State = ClientState.Open;
            return;
        }
        _sasl = ChooseMechanism();
        if (_sasl is null) Refuse(ClientStage.Auth, NoMechanism, isLocal: true);
        else SayAuth(_sasl, output);
    }

    private ISaslClient? ChooseMechanism()
    {
        foreach (var client in _options.Sasl)
        {
            // RFC 4954 §4: PLAIN, and LOGIN with it, show the password to everyone on the way.
            var isPlaintext = client.Mechanism is "PLAIN" or "LOGIN";
            if ((IsTls || _options.AllowPlaintextSasl || !isPlaintext) && Peer.Auth.Contains(client.Mechanism)) return client;
        }
        return null;
    }

    private void SayAuth(ISaslClient sasl, IBufferWriter<byte> output)
    {
        State = ClientState.Authenticating;
        _challenges = 0;
        _delayedResponse = null;
        var initial = sasl.Start();
        var head = "AUTH ".Length + sasl.Mechanism.Length;
        if (initial is null)
        {
            CommandWriter.Line(output, "AUTH "u8, sasl.Mechanism);
        }
        else if (head + 1 + Base64.GetMaxEncodedToUtf8Length(initial.Length) + 2 > MaxAuthLine)
        {
            _delayedResponse = initial;
            CommandWriter.Line(output, "AUTH "u8, sasl.Mechanism);
        }
        else
        {
            // RFC 4954 §4: an empty initial response is written "=".
            CommandWriter.Line(output, "AUTH "u8, $"{sasl.Mechanism} {(initial.Length == 0 ? "=" : Convert.ToBase64String(initial))}");
        }
        _expected.Enqueue(new Expected(ExpectedKind.Auth));
    }

    private void OnAuth(SmtpReply reply, IBufferWriter<byte> output)
    {
        if (reply.Code == 334) OnChallenge(reply, output);
        else if (!reply.IsPositive) RefuseOrEnd(ClientStage.Auth, reply);
        else if (_sasl is { IsComplete: true })
        {
            IsAuthenticated = true;
            State = ClientState.Open;
        }
        else End(BreakCause.Protocol, "the peer says that authentication succeeded, and has not shown its own proof", ClientStage.Auth);
    }

    private void OnChallenge(SmtpReply reply, IBufferWriter<byte> output)
    {
        if (++_challenges > MaxChallenges)
        {
            End(BreakCause.Protocol, "authentication without end", ClientStage.Auth);
            return;
        }
        var response = Respond(reply.Text);
        // RFC 4954 §4: "*" cancels; the peer then answers 501.
        if (response is null) CommandWriter.Line(output, "*"u8);
        else CommandWriter.Line(output, [], Convert.ToBase64String(response));
        _expected.Enqueue(new Expected(ExpectedKind.Auth));
    }

    private byte[]? Respond(string challenge)
    {
        if (_delayedResponse is { } response)
        {
            _delayedResponse = null;
            return response;
        }
        var decoded = new byte[challenge.Length];
        return Convert.TryFromBase64String(challenge, decoded, out var length) ? _sasl!.Step(decoded.AsSpan(0, length)) : null;
    }

    // 4yz and 5yz are the peer's no; any other reply is no answer to what was asked.
    private void RefuseOrEnd(ClientStage stage, SmtpReply reply)
    {
        if (reply.Code >= 400) Refuse(stage, reply);
        else End(BreakCause.Protocol, $"reply {reply.Code} out of place", stage);
    }
}
