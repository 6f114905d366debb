using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>
/// One SMTP session: drives a <see cref="ServerSession"/> over a connection. It waits for one thing at a time (<see cref="Wait"/>); everything it waits for comes as
/// a message with the number of the operation, and one with another number is dropped.
/// <para>
/// Read ─octets─▶ Advance ─▶ Flush ─▶ Read | Handshake | Verify | Spill | Discard | Store ─▶ Advance …; any ─▶ Closing ─▶ stopped.
/// </para>
/// No read is asked for while anything else is under way, so a client is slowed to the pace of the spool.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor gives back what it holds in PostStop.")]
internal sealed partial class SmtpSession : UntypedActor, IWithTimers
{
    private const int Step = 32 * 1024;
    private const int TicksOfIdle = 8;
    private static readonly SmtpReply ShuttingDown = new(421, new EnhancedCode(4, 3, 2), "Service shutting down");
    private static readonly SmtpReply NotReady = new(421, new EnhancedCode(4, 3, 2), "Service not ready, try again later");
    private static readonly SmtpReply Idle = new(421, new EnhancedCode(4, 4, 2), "Timeout waiting for the client");
    private static readonly SmtpReply TooLong = new(421, new EnhancedCode(4, 4, 2), "Session has lasted too long");

    private readonly SmtpConnection _connection;
    private readonly SessionServices _services;
    private readonly MessageBody _body;
    private readonly Action<Exception, Queueing.MessageId> _notDiscarded;
    private ServerSession? _session;
    private CancellationTokenRegistration _closeRequest;
    private ReadOnlySequence<byte> _input;
    private bool _holdsInput;
    private bool _readPending;
    private bool _inputEnded;
    private SmtpReply? _terminateWith;
    private bool _draining;
    private Wait _wait;
    private Next _next;
    private long _operation;
    private int _quietTicks;
    private int _ticks;
    private string _ending = "client closed";
    // Null where nobody watches.
    private SessionRecording? _recording;
    private IBufferWriter<byte>? _tapped;

    public SmtpSession(SmtpConnection connection, SessionServices services)
    {
        _connection = connection;
        _services = services;
        _body = new MessageBody(services.Intake, services.InlineThreshold);
        _notDiscarded = (e, id) => services.Log.NotDiscarded(e, id.ToString());
    }

    /// <summary>What the session waits for.</summary>
    private enum Wait
    {
        /// <summary>Nothing: it is at work.</summary>
        Nothing,

        /// <summary>Octets of the client.</summary>
        Read,

        /// <summary>The client to take our replies.</summary>
        Flush,

        /// <summary>The TLS handshake.</summary>
        Handshake,

        /// <summary>The check of a password.</summary>
        Verify,

        /// <summary>The spool to take a part of a message.</summary>
        Spill,

        /// <summary>The spool to forget a part of a message.</summary>
        Discard,

        /// <summary>The spool to store a message.</summary>
        Store,

        /// <summary>What is still under way before the end.</summary>
        Closing,
    }

    /// <summary>What comes after a flush.</summary>
    private enum Next
    {
        Read,
        Advance,
        Handshake,
        Verify,
        Store,
        Close,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private IBufferWriter<byte> Output => _tapped ?? _connection.Output;

    private ServerSession Session => _session ?? throw new InvalidOperationException("The session has not begun.");

    public static Props Props(SmtpConnection connection, SessionServices services) =>
        Akka.Actor.Props.Create(() => new SmtpSession(connection, services));

    protected override void PreStart()
    {
        var self = Self;
        _recording = _services.Dialogues.Session(_connection.Client, _connection.Listener.Name);
        Tap();
        _closeRequest = _connection.CloseRequested.UnsafeRegister(_ => self.Tell(Drain.Instance), null);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _services.Limits.IdleTimeout / TicksOfIdle);
        if (_connection.Listener.Kind is ListenerKind.Submissions)
            Handshake();
        else
            Begin(null);
    }

    protected override void PostStop()
    {
        _closeRequest.Dispose();
        _spoolCancel.Dispose();
        _body.Dispose();
        _services.Log.SessionEnded(
            _connection.Client, _session?.HeloName ?? "", _connection.Listener.Name, _session?.Messages ?? 0, _ending);
        _recording?.End(_ending);
        _connection.End();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReadDone done:
                OnRead(done);
                break;
            case Finished done when done.Operation == _operation:
                OnFinished(done);
                break;
            case Finished:
                break;
            case OperationTimedOut late:
                if (late.Operation == _operation)
                    OnSpoolFailed(new TimeoutException("the spool did not answer in time"));
                break;
            case Tick:
                OnTick();
                break;
            case Drain:
                OnDrain();
                break;
            case DrainExpired:
                Terminate(ShuttingDown, "shutdown");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin(TlsInfo? tls)
    {
        _session = new ServerSession(_connection.Listener.Session, new ServerSessionContext
        {
            Listener = _connection.Listener.Kind,
            HostName = _services.HostName,
            ClientAddress = _connection.Client,
            Tls = tls,
            Policy = _services.Policy,
            Sasl = _services.Sasl,
            Refusal = _draining ? ShuttingDown : _services.Intake.IsOpen ? null : NotReady,
        });
        var effect = _session.Start(Output);
        if (effect is ServerEffect.Close)
            _ending = "not ready";
        FlushThen(effect is ServerEffect.Close ? Next.Close : Next.Read);
    }

    private void OnRead(ReadDone done)
    {
        _readPending = false;
        if (_wait is Wait.Closing)
        {
            CloseNow();
            return;
        }
        if (done.Operation != _operation || _wait is not Wait.Read)
            return;
        _wait = Wait.Nothing;
        if (done.Error is not null)
        {
            Close("connection broke");
            return;
        }
        _holdsInput = true;
        _inputEnded = done.Result.IsCompleted;
        _input = done.Result.Buffer;
        if (!_input.IsEmpty)
            _quietTicks = 0;
        Advance();
    }

    private void OnFinished(Finished done)
    {
        var wait = _wait;
        _wait = Wait.Nothing;
        Timers.Cancel(OperationTimedOut.Key);
        switch (wait)
        {
            case Wait.Flush:
                OnFlushed(done);
                break;
            case Wait.Handshake:
                OnHandshake(done);
                break;
            case Wait.Verify:
                OnVerified(done);
                break;
            case Wait.Spill:
                OnSpilled(done);
                break;
            case Wait.Store:
                OnStored(done);
                break;
            case Wait.Discard:
                Advance();
                break;
            case Wait.Closing:
                Context.Stop(Self);
                break;
            default:
                throw new InvalidOperationException($"An operation ended while the session was in {wait}.");
        }
    }

    private void Advance()
    {
        while (true)
        {
            if (_terminateWith is { } reply)
            {
                Session.Terminate(reply, Output);
                FlushThen(Next.Close);
                return;
            }
            var step = _input.Slice(0, Math.Min(_input.Length, Math.Min(Step, _body.Room)));
            var offered = step.Length;
            var effect = _recording is null ? Session.Advance(ref step, _connection.Output, _body) : AdvanceHeard(ref step);
            var consumed = offered - step.Length;
            _input = _input.Slice(consumed);
            if (!Carry(effect, moreInput: consumed > 0 && !_input.IsEmpty))
                return;
        }
    }

    // True where the session can be advanced at once; false where a message will go on, or nothing.
    private bool Carry(ServerEffect effect, bool moreInput)
    {
        switch (effect)
        {
            case ServerEffect.NeedInput or ServerEffect.Flush when _body.IsOpen && _body.MustSpill:
                return Spill();
            case ServerEffect.NeedInput when moreInput:
                return true;
            case ServerEffect.NeedInput:
                return AwaitInput();
            case ServerEffect.Flush:
                return FlushThen(Next.Advance);
            case ServerEffect.StartTls:
                return FlushThen(Next.Handshake);
            case ServerEffect.Authenticate:
                return FlushThen(Next.Verify);
            case ServerEffect.BeginMessage:
                return BeginMessage();
            case ServerEffect.EndMessage:
                return EndMessage();
            case ServerEffect.AbortMessage:
                return AbortMessage();
            case ServerEffect.Close:
                _ending = "closed";
                return FlushThen(Next.Close);
            default:
                throw new InvalidOperationException($"Unknown effect {effect}.");
        }
    }

    private bool AwaitInput()
    {
        if (!_draining || !IsBetweenTransactions)
            return FlushThen(Next.Read);
        (_terminateWith, _ending) = (ShuttingDown, "shutdown");
        return true;
    }

    private bool IsBetweenTransactions =>
        Session.State is ServerState.Connected or ServerState.Ready or ServerState.Rejected;

    // True where the session can be advanced at once.
    private bool FlushThen(Next next)
    {
        _next = next;
        if (_connection.Output.UnflushedBytes == 0)
            return Go(next);
        var flush = _connection.Output.FlushAsync().AsTask();
        if (flush.IsCompletedSuccessfully && !flush.Result.IsCompleted)
            return Go(next);
        var operation = Await(Wait.Flush);
        flush.PipeTo(
            Self, success: r => new Finished(operation, null, r.IsCompleted), failure: e => new Finished(operation, e, null));
        return false;
    }

    private void OnFlushed(Finished done)
    {
        if (done.Error is not null || done.Value is true)
            Close("connection broke");
        else if (Go(_next))
            Advance();
    }

    private bool Go(Next next)
    {
        switch (next)
        {
            case Next.Advance:
                return true;
            case Next.Read:
                Read();
                return false;
            case Next.Handshake:
                Handshake();
                return false;
            case Next.Verify:
                Verify();
                return false;
            case Next.Store:
                Store();
                return false;
            default:
                Close(_ending);
                return false;
        }
    }

    private void Read()
    {
        if (_inputEnded)
        {
            Close("client closed");
            return;
        }
        ReleaseInput(_input.Start);
        var operation = Await(Wait.Read);
        _readPending = true;
        if (!ReadNow(operation))
            _connection.Input.ReadAsync().AsTask().PipeTo(
                Self, success: r => new ReadDone(operation, r, null), failure: e => new ReadDone(operation, default, e));
    }

    // What has come already. A client that reset the connection while we did something else is found here, and ends the session as one found later does.
    private bool ReadNow(long operation)
    {
        try
        {
            if (!_connection.Input.TryRead(out var ready))
                return false;
            Self.Tell(new ReadDone(operation, ready, null));
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            Self.Tell(new ReadDone(operation, default, broken));
        }
        return true;
    }

    // Gives the buffer of the last read back: consumed up to a position, all of it looked at.
    private void ReleaseInput(SequencePosition consumed)
    {
        if (_holdsInput)
            _connection.Input.AdvanceTo(consumed, _input.End);
        _holdsInput = false;
        _input = default;
    }

    private long Await(Wait wait)
    {
        _wait = wait;
        return ++_operation;
    }
}
