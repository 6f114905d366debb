using System.Buffers;
using System.Net;
using System.Text;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>Drives a session the way an actor does, with everything answered at once, and keeps what it saw.</summary>
public sealed class SessionDriver
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private ArrayBufferWriter<byte> _body = new();
    private byte[] _pending = [];

    public SessionDriver(
        ServerSessionOptions? options = null,
        ListenerKind listener = ListenerKind.Relay,
        bool tls = false,
        SmtpReply? refusal = null,
        bool sasl = true)
    {
        Session = new ServerSession(options ?? new ServerSessionOptions(), new ServerSessionContext
        {
            Listener = listener,
            HostName = "mx.here.example",
            ClientAddress = IPAddress.Parse("192.0.2.9"),
            Tls = tls ? TestTls : null,
            Policy = new TestPolicy(),
            Sasl = sasl ? new TestSaslFactory() : null,
            Refusal = refusal,
        });
        OnBegin = s => s.MessageBegun(_output);
        OnEnd = s => s.Accepted($"id-{Bodies.Count}", _output);
    }

    public static TlsInfo TestTls { get; } = new("TLS1.3", "TLS_AES_256_GCM_SHA384");

    public ServerSession Session { get; }

    /// <summary>Every effect but NeedInput and Flush, in order.</summary>
    public List<ServerEffect> Effects { get; } = [];

    /// <summary>The messages that reached EndMessage: envelope and body.</summary>
    public List<(Envelope Envelope, string Body)> Bodies { get; } = [];

    public Action<ServerSession> OnBegin { get; set; }

    public Action<ServerSession> OnEnd { get; set; }

    public IBufferWriter<byte> Output => _output;

    public string Said => Encoding.Latin1.GetString(_output.WrittenSpan);

    public bool Closed { get; private set; }

    public SessionDriver Start()
    {
        Closed = Session.Start(_output) == ServerEffect.Close;
        return this;
    }

    public string Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends octets in one piece, or as a sequence of segments of the given length, and returns what the server said to them.</summary>
    public string Send(byte[] octets, int segment = int.MaxValue)
    {
        int before = _output.WrittenCount;
        _pending = [.. _pending, .. octets];
        ReadOnlySequence<byte> input = Segments.Of(_pending, segment);
        while (!Closed && Step(ref input))
        {
        }
        _pending = input.ToArray();
        return Encoding.Latin1.GetString(_output.WrittenSpan[before..]);
    }

    private bool Step(ref ReadOnlySequence<byte> input)
    {
        ServerEffect effect = Session.Advance(ref input, _output, _body);
        if (effect is ServerEffect.NeedInput)
            return false;
        if (effect is ServerEffect.Flush)
            return true;
        Effects.Add(effect);
        Answer(effect);
        return effect is not ServerEffect.Close;
    }

    private void Answer(ServerEffect effect)
    {
        switch (effect)
        {
            case ServerEffect.StartTls:
                Session.TlsStarted(TestTls);
                break;
            case ServerEffect.Authenticate:
                Session.AuthenticationDone(((TestSasl)Session.Sasl!).Lookup(), _output);
                break;
            case ServerEffect.BeginMessage:
                _body = new ArrayBufferWriter<byte>();
                OnBegin(Session);
                break;
            case ServerEffect.EndMessage:
                Bodies.Add((Session.Envelope!, Encoding.Latin1.GetString(_body.WrittenSpan)));
                OnEnd(Session);
                break;
            case ServerEffect.AbortMessage:
                _body = new ArrayBufferWriter<byte>();
                break;
            case ServerEffect.Close:
                Closed = true;
                break;
        }
    }
}

/// <summary>Takes mail for <c>*.example</c> and from authenticated clients.</summary>
public sealed class TestPolicy : IRecipientPolicy
{
    public SmtpReply? CheckSender(in PolicyClient client, Address reversePath) =>
        reversePath.Domain == "blocked.example" ? new SmtpReply(550, new EnhancedCode(5, 7, 1), "Sender refused") : null;

    public SmtpReply? CheckRecipient(in PolicyClient client, Address reversePath, Address recipient) => recipient switch
    {
        { LocalPart: "full" } => new SmtpReply(452, new EnhancedCode(4, 2, 2), "Mailbox full"),
        { LocalPart: "goodbye" } => new SmtpReply(421, new EnhancedCode(4, 3, 2), "Going down"),
        { LocalPart: "green" or "nobody" } => new SmtpReply(550, new EnhancedCode(5, 1, 1), "No such user"),
        _ when client.Identity is not null || recipient.Domain.Length == 0 => null,
        _ => recipient.Domain.EndsWith(".example", StringComparison.Ordinal) || recipient.Domain[0] == '[' ? null : PolicyReplies.RelayDenied,
    };
}

public sealed class TestSaslFactory : ISaslServerFactory
{
    private static readonly string[] Clear = ["X-STEPS"];
    private static readonly string[] Encrypted = ["X-STEPS", "PLAIN"];

    public IReadOnlyList<string> Mechanisms(bool underTls) => underTls ? Encrypted : Clear;

    public ISaslServer Create(string mechanism) => new TestSasl(mechanism);
}

/// <summary>PLAIN with one user, and X-STEPS, which asks twice: user name, then password.</summary>
public sealed class TestSasl(string mechanism) : ISaslServer
{
    private readonly List<string> _answers = [];

    public string Mechanism => mechanism;

    public SaslStep Start(bool hasInitialResponse, ReadOnlySpan<byte> initialResponse) =>
        hasInitialResponse ? Step(initialResponse) : SaslStep.Ask(mechanism == "PLAIN" ? default : "User"u8.ToArray());

    public SaslStep Step(ReadOnlySpan<byte> response)
    {
        string text = Encoding.UTF8.GetString(response);
        if (mechanism == "PLAIN")
        {
            string[] parts = text.Split('\0');
            if (parts.Length != 3)
                return SaslStep.Failed(SaslFailure.Malformed);
            _answers.AddRange(parts[1..]);
            return SaslStep.NeedLookup;
        }
        _answers.Add(text);
        return _answers.Count == 1 ? SaslStep.Ask("Password"u8.ToArray()) : SaslStep.NeedLookup;
    }

    public SaslStep Lookup() => _answers switch
    {
        ["ann", "secret"] => SaslStep.Succeeded("ann"),
        ["weak", _] => SaslStep.Failed(SaslFailure.MechanismTooWeak),
        ["later", _] => SaslStep.Failed(SaslFailure.Temporary),
        _ => SaslStep.Failed(SaslFailure.InvalidCredentials),
    };
}
