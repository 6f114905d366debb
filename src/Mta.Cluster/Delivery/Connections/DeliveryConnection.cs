using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>
/// One outgoing connection: drives a <see cref="ClientSession"/> over a <see cref="DeliveryChannel"/>, by the site's word. It waits for one thing at a time
/// (<see cref="Wait"/>); what it waits for comes as a message with the number of the operation, and one with another number is dropped. The law:
/// <code>
/// Slot ─▶ Address ─▶ Connect ─▶ [Handshake] ─▶ Exchange … open ─▶ Idle ─batch─▶ Exchange | Sending | Body … ─▶ Idle ─close─▶ Exchange (QUIT) ─▶ ended
/// Connect, Handshake, Exchange before open ─no, or broken─▶ Address (the next one; none left: ended)
/// any ─site gone, or told to close─▶ ended, after the batch in hand
/// </code>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor gives back what it holds in PostStop.")]
internal sealed partial class DeliveryConnection : UntypedActor, IWithTimers
{
    private const int SmallBuffer = 4096;
    private const int LargeBuffer = 64 * 1024;

    private readonly OpenConnection _open;
    private readonly DeliveryServices _services;
    private readonly ReportOutbox _outbox;
    private readonly BatchWork _work;
    private BodyBuffer _output = new(SmallBuffer);
    private DeliveryChannel? _channel;
    private ClientSession? _session;
    private DeliveryPeer? _peer;
    private Wait _wait = Wait.Slot;
    private long _operation;
    private DateTimeOffset? _deadline;
    private bool _isOpen;
    private bool _isClosing;
    private bool _mustTellReady;
    private int _carried;
    // Null where nobody watches.
    private DeliveryRecording? _recording;

    public DeliveryConnection(OpenConnection open, DeliveryServices services)
    {
        _open = open;
        _services = services;
        _outbox = new ReportOutbox(services.Clock);
        _work = new BatchWork(_outbox);
        _route = services.Routes.Find(open.Plan.Route);
        _walk = new HostWalk(
            open.Plan, services.Dns, services.Options, services.Own, services.Failed, mayBeOwn: _route is { Via: RouteVia.Hosts or RouteVia.Lmtp } || open.Plan.Route == Routing.RouteTargets.Ordered);
    }

    /// <summary>What the connection waits for.</summary>
    private enum Wait
    {
        /// <summary>Its slot on the node.</summary>
        Slot,

        /// <summary>The next address to try.</summary>
        Address,

        /// <summary>A TCP connection.</summary>
        Connect,

        /// <summary>TLS.</summary>
        Handshake,

        /// <summary>The peer to take commands and to answer.</summary>
        Exchange,

        /// <summary>The peer to take the pieces of a large message.</summary>
        Sending,

        /// <summary>What the peer says to content that it did not take whole.</summary>
        LastWords,

        /// <summary>The spool to open a body.</summary>
        Body,

        /// <summary>Work, or a word of the peer.</summary>
        Idle,

        /// <summary>Nothing more.</summary>
        Ended,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private ClientSession Session => _session ?? throw new InvalidOperationException("There is no session yet.");

    private DeliveryChannel Channel => _channel ?? throw new InvalidOperationException("There is no connection yet.");

    public static Props Props(OpenConnection open, DeliveryServices services) =>
        Akka.Actor.Props.Create(() => new DeliveryConnection(open, services));

    protected override void PreStart()
    {
        Context.Watch(_open.ReplyTo);
        _recording = _services.Dialogues.Delivery(_open.Site);
        _recording?.Event($"connection to site {_open.Site}: {string.Join(", ", _open.Plan.Hosts.Select(h => $"{h.Preference} {h.Name}:{h.Port}"))}, TLS {_open.Plan.Tls}");
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, _services.Options.Timeouts.Resolution);
    }

    protected override void PostStop()
    {
        _recording?.Closed("the connection was given up");
        _channel?.Dispose();
        _output.Dispose();
        ReleaseBodies();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Finished done when done.Operation == _operation:
                OnFinished(done);
                break;
            case Finished:
                break;
            case BodyOpened opened:
                OnBodyOpened(opened);
                break;
            case DeliverBatch batch:
                OnBatch(batch);
                break;
            case SlotGiven when _wait == Wait.Slot:
                NextAddress();
                break;
            case Tick:
                OnTick();
                break;
            case CloseConnection or Terminated:
                OnClose();
                break;
            case SocketClosed closed:
                Leave(closed);
                break;
            case ReportTaken taken:
                _outbox.Taken(taken.ReportId);
                break;
            case Lingered:
                StopWhenReported();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnFinished(Finished done)
    {
        var wait = _wait;
        _deadline = null;
        switch (wait)
        {
            case Wait.Address:
                OnAddress(done);
                break;
            case Wait.Connect:
                OnConnected(done);
                break;
            case Wait.Handshake:
                OnHandshake(done);
                break;
            case Wait.Exchange or Wait.Idle:
                OnRead(done);
                break;
            case Wait.Sending:
                OnSent(done);
                break;
            case Wait.LastWords:
                OnLastWords(done);
                break;
            default:
                throw new InvalidOperationException($"An operation ended while the connection was in {wait}.");
        }
    }

    private void Advance() => Advance(ReadOnlySequence<byte>.Empty);

    private void Advance(ReadOnlySequence<byte> input)
    {
        while (Carry(Session.Advance(ref input, _output)))
        {
        }
    }

    // True where the session can be advanced at once; false where a message will go on, or nothing.
    private bool Carry(ClientEffect effect)
    {
        switch (effect)
        {
            case ClientEffect.NeedInput:
                Exchange();
                return false;
            case ClientEffect.StartTls:
                return Handshake();
            case ClientEffect.Ready:
                return OnReady();
            case ClientEffect.Exhausted:
                return OnExhausted();
            case ClientEffect.SendBody send:
                return Send(send);
            case ClientEffect.TransactionDone done:
                OnDone(done.Result);
                return true;
            case ClientEffect.Refused refused:
                OnSessionEnded(Outcomes.ReasonOf(refused.Stage), refused.Reply);
                return false;
            case ClientEffect.Broken { Stage: ClientStage.StartTls } broken when MayGoOnInClear:
                GoOnInClear(broken.Detail);
                return false;
            case ClientEffect.Broken broken:
                OnSessionEnded(Outcomes.ReasonOf(broken.Cause), Outcomes.ReplyOf(broken.Stage, broken.Cause, broken.Detail));
                return false;
            case ClientEffect.Closed:
                End(DeferralReason.None, null);
                return false;
            default:
                throw new InvalidOperationException($"unknown effect {effect.GetType().Name}");
        }
    }

    private void Exchange()
    {
        _work.Flush();
        Await(Wait.Exchange, TimeoutOf(Session.Timeout));
        _recording?.Said(_output.Memory.Span);
        Pipe(Channel.ExchangeAsync(_output.Memory));
    }

    private void OnRead(Finished done)
    {
        ShrinkOutput();
        Channel.Taken();
        var count = done.Error is null ? (int)done.Value! : 0;
        if (done.Error is not null)
            Session.Break(BreakCause.Network, done.Error.Message);
        else if (count == 0)
            Session.Break(BreakCause.PeerClosed, "the peer closed the connection");
        Heard(count, done.Error);
        Advance(new ReadOnlySequence<byte>(Channel.Buffer[..count]));
    }

    private void OnTick()
    {
        RepeatReports();
        if (_wait == Wait.Sending)
            _deadline = SendingDeadline;
        if (_deadline is not { } deadline || _services.Clock.GetUtcNow() < deadline)
            return;
        if (_wait == Wait.Idle)
            OnClose();
        else
            BreakOff(BreakCause.Timeout, $"nothing for {TimeoutOf(Session.Timeout)}");
    }

    // What is under way then ends with an error, and only after that are its buffers given back.
    private void BreakOff(BreakCause cause, string detail)
    {
        _deadline = null;
        Session.Break(cause, detail);
        Channel.Abort();
    }

    private void OnClose()
    {
        _isClosing = true;
        switch (_wait)
        {
            case Wait.Idle:
                Advance();
                break;
            case Wait.Slot:
                End(DeferralReason.None, null);
                break;
            case Wait.Exchange or Wait.Handshake when !_isOpen:
                BreakOff(BreakCause.Local, "closing");
                break;
        }
    }

    private void OnSessionEnded(DeferralReason reason, SmtpReply reply)
    {
        if (!_isOpen)
        {
            HostFailed(reason, reply);
            return;
        }
        // Without work it ended in good order: peers close what is idle.
        var hadWork = _wait != Wait.Idle;
        End(hadWork ? DeferralReason.ConnectionLost : DeferralReason.None, hadWork ? reply : null);
    }

    private void ShrinkOutput()
    {
        if (_output.Capacity <= LargeBuffer)
        {
            _output.Clear();
            return;
        }
        _output.Dispose();
        _output = new BodyBuffer(SmallBuffer);
    }

    private void Await(Wait wait, TimeSpan? timeout)
    {
        _wait = wait;
        _operation++;
        _deadline = timeout is { } limit ? _services.Clock.GetUtcNow() + limit : null;
    }

    private void Pipe<T>(Task<T> task)
    {
        var operation = _operation;
        task.PipeTo(Self, success: value => new Finished(operation, value, null), failure: error => new Finished(operation, null, Unwrap(error)));
    }

    private static Exception Unwrap(Exception error) => error is AggregateException { InnerException: { } inner } ? inner : error;

    private TimeSpan TimeoutOf(ClientTimeout timeout) => _services.Options.Timeouts.Of(timeout);

    private sealed record Finished(long Operation, object? Value, Exception? Error);

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
