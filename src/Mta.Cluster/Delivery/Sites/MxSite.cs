using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Mta.Cluster.Contracts;
using Mta.Cluster.Nodes;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Site;

namespace Mta.Cluster.Delivery.Sites;

/// <summary>
/// One site, the only one of its name in the cluster: drives its <see cref="SiteMachine"/>, has connections opened on the egress nodes, and has domain queues hand
/// them work. Connections report to this very actor and end, after the batch in hand, when it does. Told to stop, it closes them all and waits for their end, so that
/// the site's next owner begins with none. The law:
/// <code>
/// Counting (what an earlier owner has left) ─every egress node has answered─▶ Serving ─stop─▶ Stopping ─no connection left, or time over─▶ ended
/// Counting ─stop─▶ ended
/// </code>
/// </summary>
internal sealed partial class MxSite : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PassiveAfter = TimeSpan.FromMinutes(1);
    private static readonly SmtpReply NoEgress = new(451, new EnhancedCode(4, 3, 2), "No node of the cluster can make connections now");

    private readonly string _site;
    private readonly SiteServices _services;
    // Those that were asked for, with their actors as soon as these are known.
    private readonly Dictionary<long, IActorRef?> _connections = [];
    private readonly Dictionary<long, EgressNode> _asked = [];
    private readonly Dictionary<IActorRef, long> _numbers = [];
    private readonly Dictionary<string, DeliveryPlan> _plans = new(StringComparer.Ordinal);
    private SiteMachine? _machine;
    private DateTimeOffset _lastWork;

    public MxSite(string site, SiteServices services)
    {
        _site = site;
        _services = services;
        _lastWork = services.Now;
        Become(Counting);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string site, SiteServices services) => Akka.Actor.Props.Create(() => new MxSite(site, services));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickEvery);
        _services.Metrics.SiteStarted();
        BeginCensus();
    }

    protected override void PostStop() => _services.Metrics.SiteStopped();

    private void Serving()
    {
        Receive<OfferWork>(Offer);
        Receive<WorkTaken>(m => Step(machine => machine.Taken(m.Queue, m.PullId, m.Count, m.Ready, _services.Now, m.Node)));
        Receive<ConnectionStarted>(Started);
        Receive<ConnectionReady>(Ready);
        Receive<ConnectionClosed>(m => Closed(m.ConnectionId, m.Reason, m.Reply));
        Receive<ConnectionsLeft>(HearLeft);
        Receive<Terminated>(Lost);
        Receive<Tick>(_ => Look());
        Receive<StopSite>(_ => Become(Stopping));
    }

    private void Stopping()
    {
        Timers.CancelAll();
        Timers.StartSingleTimer(nameof(StopSite), StopSite.Instance, _services.DrainTimeout);
        Receive<ConnectionStarted>(m => m.Connection.Tell(new CloseConnection(m.ConnectionId)));
        Receive<ConnectionReady>(m => m.Connection.Tell(new CloseConnection(m.ConnectionId)));
        Receive<ConnectionClosed>(m => Gone(m.ConnectionId));
        Receive<Terminated>(m => Gone(_numbers.GetValueOrDefault(m.ActorRef)));
        Receive<StopSite>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
        foreach (var (number, connection) in _connections)
            connection?.Tell(new CloseConnection(number));
        StopWhenDone();
    }

    private void Gone(long connection)
    {
        Forget(connection);
        StopWhenDone();
    }

    private void StopWhenDone()
    {
        if (_connections.Count == 0)
            Context.Stop(Self);
    }

    private void Offer(OfferWork offer)
    {
        if (_machine is null)
        {
            _machine = new SiteMachine(_services.Limits.For(offer.Plan), Random.Shared.NextInt64(1, long.MaxValue / 2));
            _machine.Inherited(_census.Total, _services.Now);
        }
        var variant = VariantOf(offer.Plan);
        _plans[variant] = offer.Plan;
        _lastWork = _services.Now;
        Carry(_machine.Offer(offer.Queue, variant, offer.Ready, _services.Now, offer.Node));
    }

    private void Started(ConnectionStarted started)
    {
        if (!_connections.ContainsKey(started.ConnectionId))
        {
            // Given up meanwhile.
            started.Connection.Tell(new CloseConnection(started.ConnectionId));
            return;
        }
        _asked.Remove(started.ConnectionId);
        _connections[started.ConnectionId] = started.Connection;
        _numbers[started.Connection] = started.ConnectionId;
        Context.Watch(started.Connection);
        _machine!.Started(started.ConnectionId, _services.Now);
    }

    private void Ready(ConnectionReady ready)
    {
        if (_machine is null || !_connections.ContainsKey(ready.ConnectionId))
            ready.Connection.Tell(new CloseConnection(ready.ConnectionId));
        else
            Carry(_machine.Ready(ready.ConnectionId, ready.Delivered, ready.LastPullId, _services.Now));
    }

    private void Lost(Terminated ended)
    {
        if (_numbers.TryGetValue(ended.ActorRef, out var number))
            Closed(number, DeferralReason.NodeLost, null);
    }

    private void Closed(long number, DeferralReason reason, SmtpReply? reply)
    {
        Forget(number);
        Step(machine => machine.Closed(number, reason, reply, _services.Now));
    }

    private void Forget(long number)
    {
        _asked.Remove(number);
        if (!_connections.Remove(number, out var connection) || connection is null)
            return;
        _numbers.Remove(connection);
        Context.Unwatch(connection);
    }

    private void Look()
    {
        CountAgain();
        if (_machine is { IsEmpty: false })
        {
            _lastWork = _services.Now;
            Carry(_machine.Tick(_services.Now));
        }
        else if (_services.Now - _lastWork >= PassiveAfter)
        {
            Context.Parent.Tell(new Passivate(StopSite.Instance));
        }
    }

    private void Step(Func<SiteMachine, IReadOnlyList<SiteAction>> step)
    {
        if (_machine is not null)
            Carry(step(_machine));
    }

    private void Carry(IReadOnlyList<SiteAction> actions)
    {
        foreach (var action in actions)
        {
            switch (action)
            {
                case SiteAction.Open open:
                    Open(open);
                    break;
                case SiteAction.Pull pull:
                    _services.Partitions().Tell(new PullWork(
                        _services.Map.PartitionOf(pull.Queue), pull.Queue, _site, pull.PullId, pull.Max, _connections[pull.Connection]!, Self, pull.Node));
                    break;
                case SiteAction.Close close:
                    _connections.GetValueOrDefault(close.Connection)?.Tell(new CloseConnection(close.Connection));
                    break;
                case SiteAction.Defer defer:
                    _services.Partitions().Tell(new SiteUnreachable(_services.Map.PartitionOf(defer.Queue), defer.Queue, _site, defer.Reason, defer.Reply));
                    break;
                case SiteAction.Unreachable unreachable:
                    _services.Metrics.SiteUnreachable(unreachable.Reason);
                    _services.Log.SiteUnreachable(_site, unreachable.Reason, LogText.Escape(unreachable.Reply.ToString()), unreachable.Pause);
                    break;
                default:
                    throw new InvalidOperationException($"unknown action {action}");
            }
        }
    }

    private void Open(SiteAction.Open open)
    {
        var node = _asked.TryGetValue(open.Connection, out var asked) ? StillThere(asked) : _services.Egress.Next(open.Node);
        _connections.TryAdd(open.Connection, null);
        if (node is not null)
        {
            _asked[open.Connection] = node;
            _machine!.Placed(open.Connection, NodeNames.Of(node.Node));
            node.Egress.Tell(new OpenConnection(_site, open.Connection, _plans[open.Variant], "", Self), Self);
            return;
        }
        // To itself and not at once: the machine is not to be called while its actions are carried out.
        Self.Tell(asked is null
            ? new ConnectionClosed(_site, open.Connection, DeferralReason.LocalError, NoEgress)
            : new ConnectionClosed(_site, open.Connection, DeferralReason.NodeLost, null));
    }

    private EgressNode? StillThere(EgressNode asked) => _services.Egress.All().FirstOrDefault(n => n.Node == asked.Node);

    // Domains with different policies never share a connection.
    private static string VariantOf(DeliveryPlan plan) => string.Create(CultureInfo.InvariantCulture, $"{(int)plan.Tls}|{plan.Route}");

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}

/// <summary>Shard → site: end in good order. Sent when the site moves or has nothing to do, and when the node leaves.</summary>
internal sealed class StopSite
{
    /// <summary>The one message.</summary>
    public static StopSite Instance { get; } = new();
}
