using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// The client's side of SMTP (RFC 5321) and LMTP (RFC 2033): a machine without I/O and clock. Bytes of the peer go in; commands and effects come out.
/// </summary>
/// <remarks>
/// <para>The law of the states (<see cref="ClientState"/>):</para>
/// <code>
/// Greeting ──220──▶ Hello ──250──▶ [StartTls ──220──▶ TlsHandshake ──TlsStarted──▶ Hello ──250──▶] [Authenticating ──235──▶] Open
/// Hello ──5yz to EHLO──▶ Hello, with HELO (SMTP only)
/// StartTls ──4yz, 5yz──▶ as after Hello, in clear, where TLS is opportunistic; else Refused
/// Open ──Quit──▶ Quitting ──any reply, or none──▶ Closed
/// any ──421, or no to the session──▶ Refused ──Quit──▶ Quitting
/// any ──bytes that are no answer, Break──▶ Broken
/// </code>
/// <para>
/// The peer answers in the order of the commands, so what is awaited stands in a queue, and pipelined and unpipelined dialogue are one code:
/// they differ only in how many commands may be unanswered. In <c>Open</c> there are up to two transactions: the second's commands
/// are sent behind the content of the first, in the same segment, and wait for their turn in the queue (RFC 2920 §3.1).
/// </para>
/// <para>
/// The driver's loop: advance; write the output out; do the effect; again. It never needs to keep input: all of it is consumed. The session is
/// not safe for use by several threads.
/// </para>
/// </remarks>
public sealed partial class ClientSession
{
    // Most commands that may be unanswered: bounds the replies that the peer must be able to write while it still reads (RFC 2920 §3.1).
    private const int PipelineWindow = 100;

    private readonly ClientSessionOptions _options;
    private readonly ReplyParser _parser = new();
    private readonly Queue<Expected> _expected = new();
    private readonly Queue<ClientEffect> _effects = new();
    private ClientEffect _end = ClientEffect.Closed.Instance;

    /// <summary>A session on a connection that has just been made; the peer speaks first.</summary>
    /// <param name="options">What is to be done.</param>
    public ClientSession(ClientSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        IsTls = options.ImplicitTls;
        _expected.Enqueue(new Expected(ExpectedKind.Greeting));
    }

    /// <summary>Where the session stands.</summary>
    public ClientState State { get; private set; }

    /// <summary>What the peer offers, by its last reply to EHLO.</summary>
    public PeerExtensions Peer { get; private set; } = PeerExtensions.None;

    /// <summary>True once the connection is encrypted.</summary>
    public bool IsTls { get; private set; }

    /// <summary>True once the peer has accepted our authentication.</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>The peer's greeting; null before it.</summary>
    public SmtpReply? Greeting { get; private set; }

    /// <summary>Which command is unanswered, or what else goes on.</summary>
    public ClientStage Stage => Sending is not null ? ClientStage.Body
        : _expected.TryPeek(out var expected) ? expected.Stage
        : State == ClientState.TlsHandshake ? ClientStage.StartTls
        : ClientStage.Idle;

    /// <summary>Which timeout applies to the driver's present wait.</summary>
    public ClientTimeout Timeout => Sending is not null ? ClientTimeout.DataBlock
        : State == ClientState.TlsHandshake ? ClientTimeout.TlsHandshake
        : _expected.TryPeek(out var expected) ? expected.Timeout
        : ClientTimeout.Idle;

    private bool HasEnded => State is ClientState.Refused or ClientState.Broken or ClientState.Closed;

    /// <summary>Takes what the peer sent, and says what to do next.</summary>
    /// <param name="input">Bytes of the peer, possibly none; on return, sliced to what is not yet consumed: advance again with it.</param>
    /// <param name="output">Where commands are written; to be sent before the effect is carried out.</param>
    /// <returns>What to do next. Asked again without new input, the session gives the same answer, except for <see cref="ClientEffect.TransactionDone"/>, which comes once.</returns>
    public ClientEffect Advance(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (true)
        {
            if (State == ClientState.TlsHandshake && !input.IsEmpty)
                // RFC 3207 §6: what stands behind the 220 in clear text was not said by the one who will speak in TLS.
                End(BreakCause.Protocol, "input in clear text after the reply to STARTTLS");
            if (_effects.TryDequeue(out var effect)) return effect;
            if (HasEnded) input = input.Slice(input.End);
            if (input.IsEmpty) return Standing();
            Step(ref input, output);
        }
    }

    /// <summary>The driver has made TLS: the session begins anew (RFC 3207 §4.2).</summary>
    /// <param name="output">Where EHLO is written.</param>
    /// <exception cref="InvalidOperationException">The last effect was not <see cref="ClientEffect.StartTls"/>.</exception>
    public void TlsStarted(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (State != ClientState.TlsHandshake) throw new InvalidOperationException($"TLS cannot start in state {State}.");
        IsTls = true;
        Peer = PeerExtensions.None;
        SayHello(output);
    }

    /// <summary>
    /// The driver tells that the conversation broke: end of stream, timeout, network error, failed handshake, or its own need to stop. Open
    /// transactions end; advance to get their results. In <see cref="ClientState.Quitting"/> it is the good end. After the end it does nothing.
    /// </summary>
    /// <param name="cause">How it broke.</param>
    /// <param name="detail">For the log.</param>
    public void Break(BreakCause cause, string detail)
    {
        ArgumentNullException.ThrowIfNull(detail);
        if (HasEnded) return;
        if (State == ClientState.Quitting) Finish(ClientState.Closed, ClientEffect.Closed.Instance);
        else End(cause, detail);
    }

    /// <summary>Ends the session in good order. After a break, or while a transaction is open, it is not for use.</summary>
    /// <param name="output">Where QUIT is written.</param>
    /// <exception cref="InvalidOperationException">A transaction is open, or the session is broken, closed or already quitting.</exception>
    public void Quit(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_current is not null || State is not (ClientState.Open or ClientState.Refused)) throw new InvalidOperationException($"QUIT cannot be sent in state {State}.");
        State = ClientState.Quitting;
        CommandWriter.Line(output, "QUIT"u8);
        _expected.Enqueue(new Expected(ExpectedKind.Quit));
    }

    private void Step(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        switch (_parser.Read(ref input))
        {
            case ReplyParse.Complete:
                OnReply(_parser.Reply, output);
                break;
            case ReplyParse.Malformed when State == ClientState.Quitting:
                Finish(ClientState.Closed, ClientEffect.Closed.Instance);
                break;
            case ReplyParse.Malformed:
                End(BreakCause.Protocol, _parser.Fault);
                break;
            case ReplyParse.Incomplete:
                break;
        }
    }

    private ClientEffect Standing() => State switch
    {
        ClientState.Refused or ClientState.Broken or ClientState.Closed => _end,
        ClientState.TlsHandshake => ClientEffect.StartTls.Instance,
        ClientState.Open when Sending is { } sending => sending.SendBody!,
        ClientState.Open when _current is null && _expected.Count == 0 => MayMail ? ClientEffect.Ready.Instance : ClientEffect.Exhausted.Instance,
        _ => ClientEffect.NeedInput.Instance,
    };

    private void OnReply(SmtpReply reply, IBufferWriter<byte> output)
    {
        var stage = Stage;
        if (!_expected.TryDequeue(out var expected)) OnUnasked(reply);
        else if (expected.Kind == ExpectedKind.Quit) Finish(ClientState.Closed, ClientEffect.Closed.Instance);
        // RFC 5321 §3.8: 421 may come in place of any reply, and the peer closes.
        else if (reply.Code == 421) Refuse(expected.Transaction is null ? stage : expected.Stage, reply);
        else if (expected.Transaction is { } transaction) OnTransactionReply(expected, transaction, reply, output);
        else OnOpeningReply(expected.Kind, reply, output);
    }

    private void OnUnasked(SmtpReply reply)
    {
        if (reply.Code == 421) Refuse(Stage, reply);
        else if (Sending is { } sending) OnEarlyAnswer(sending, reply);
        else End(BreakCause.Protocol, $"reply {reply.Code} to no command");
    }

    // The peer, or this system for it, says no to the session; open transactions get that answer.
    private void Refuse(ClientStage stage, SmtpReply reply, bool isLocal = false)
    {
        var rest = new RecipientOutcome.Deferred(stage, DeferralCause.Closing, reply, isLocal);
        SettleRest(_ => rest);
        Finish(ClientState.Refused, new ClientEffect.Refused(stage, reply, isLocal));
    }

    private void End(BreakCause cause, string detail) => End(cause, detail, Stage);

    private void End(BreakCause cause, string detail, ClientStage stage)
    {
        var inDoubt = SettleRest(transaction => new RecipientOutcome.Broken(stage, cause, detail, transaction.InDoubt));
        Finish(ClientState.Broken, new ClientEffect.Broken(stage, cause, detail, inDoubt));
    }

    private void Finish(ClientState state, ClientEffect end)
    {
        State = state;
        _end = end;
        _expected.Clear();
    }
}
