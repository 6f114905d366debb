using System.Globalization;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery.Connections;
using Mta.Cluster.Delivery.Maildir;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery;

/// <summary>
/// The egress of a node: starts the connections that sites ask for, and gives each a slot. At the node's limit a connection lives and waits for its slot, so that
/// the site counts it, and nothing is asked for again and again. When the node leaves, its connections end after the batch in hand, whichever node their site is on,
/// and it begins none.
/// </summary>
internal sealed class Egress : ReceiveActor
{
    private static readonly SmtpReply Leaving = new(451, new EnhancedCode(4, 3, 2), "The last node that can make connections is leaving");

    private readonly DeliveryServices _services;
    private readonly Dictionary<IActorRef, OpenConnection> _connections = [];
    private readonly HashSet<IActorRef> _running = [];
    private readonly HashSet<IActorRef> _ended = [];
    private readonly Queue<IActorRef> _waiting = new();
    private readonly IEgressNodes _others;
    private IActorRef? _drainedTo;
    private readonly SiteConnections _bySite = new();

    public Egress(DeliveryServices services, IEgressNodes others)
    {
        _services = services;
        _others = others;
        Receive<OpenConnection>(Open);
        Receive<CountConnections>(Count);
        Receive<ReportConnections>(_ => Sender.Tell(_bySite.Report()));
        Receive<SlotFreed>(_ => Linger(Sender));
        Receive<Terminated>(Ended);
        Receive<DrainEgress>(_ => Drain());
        Receive<CountAlive>(_ => Sender.Tell(Alive));
    }

    private int Alive => _connections.Count - _ended.Count;

    /// <summary>The actor's recipe.</summary>
    /// <param name="services">What the connections share.</param>
    /// <param name="others">The other nodes that can make connections, for what comes when this one leaves.</param>
    public static Props Props(DeliveryServices services, IEgressNodes others) => Akka.Actor.Props.Create(() => new Egress(services, others));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(error =>
    {
        // Its queues and its site watch it: what it had is known to be lost.
        if (_connections.TryGetValue(Sender, out var open))
            _services.Log.ConnectionBroke(error, open.ConnectionId, open.Site);
        return Directive.Stop;
    });

    private void Open(OpenConnection open)
    {
        if (_drainedTo is not null)
        {
            Refuse(open);
            return;
        }
        var name = string.Create(CultureInfo.InvariantCulture, $"connection-{open.ConnectionId}");
        // Asked for twice: the first one stands.
        if (!Context.Child(name).IsNobody())
            return;
        var props = open.Plan.Transport == DeliveryTransport.Maildir
            ? MaildirConnection.Props(open, _services)
            : DeliveryConnection.Props(open, _services);
        var connection = Context.Watch(Context.ActorOf(props, name));
        _connections.Add(connection, open);
        _bySite.Add(connection, open);
        open.ReplyTo.Tell(new ConnectionStarted(open.Site, open.ConnectionId, connection));
        _waiting.Enqueue(connection);
        GiveSlots();
    }

    // Until the others see this member leave, their sites go on asking here. An end in good order has them ask the next node; where there is none, that is a reason to wait.
    private void Refuse(OpenConnection open) => open.ReplyTo.Tell(_others.Next() is null
        ? new ConnectionClosed(open.Site, open.ConnectionId, DeferralReason.LocalError, Leaving)
        : new ConnectionClosed(open.Site, open.ConnectionId, DeferralReason.None, null));

    private void Drain()
    {
        _drainedTo = Sender;
        foreach (var (connection, open) in _connections)
            connection.Tell(new CloseConnection(open.ConnectionId));
        TellDrained();
    }

    private void TellDrained()
    {
        if (_drainedTo is { } asked && Alive == 0)
            asked.Tell(EgressDrained.Instance);
    }

    // The earlier owner is gone, or it is no longer the owner: what it has here ends, after the batch in hand.
    private void Count(CountConnections count)
    {
        var left = _bySite.Ask(count);
        foreach (var connection in left)
            connection.Tell(new CloseConnection(_connections[connection].ConnectionId));
        Answer(count, left.Count);
    }

    private static void Answer(CountConnections count, int left) => count.ReplyTo.Tell(new ConnectionsLeft(count.Site, count.Census, left));

    private void Linger(IActorRef connection)
    {
        _ended.Add(connection);
        Leave(connection);
        Free(connection);
        TellDrained();
    }

    private void Leave(IActorRef connection)
    {
        if (_connections.TryGetValue(connection, out var open) && _bySite.Remove(connection, open) is var (asked, left))
            Answer(asked, left);
    }

    private void Ended(Terminated ended)
    {
        Leave(ended.ActorRef);
        _connections.Remove(ended.ActorRef);
        _ended.Remove(ended.ActorRef);
        Free(ended.ActorRef);
        TellDrained();
    }

    private void Free(IActorRef connection)
    {
        if (!_running.Remove(connection))
            return;
        _services.Metrics.SlotFreed();
        GiveSlots();
    }

    private void GiveSlots()
    {
        while (_running.Count < _services.Options.MaxConnectionsPerNode && _waiting.TryDequeue(out var next))
        {
            // One that ended while it waited takes no slot.
            if (!_connections.ContainsKey(next) || _ended.Contains(next))
                continue;
            _running.Add(next);
            _services.Metrics.SlotTaken();
            next.Tell(SlotGiven.Instance);
        }
    }
}

/// <summary>Egress → connection: begin.</summary>
internal sealed class SlotGiven
{
    /// <summary>The one message.</summary>
    public static SlotGiven Instance { get; } = new();
}

/// <summary>Connection → egress: it has ended, and only lingers.</summary>
internal sealed class SlotFreed
{
    /// <summary>The one message.</summary>
    public static SlotFreed Instance { get; } = new();
}

/// <summary>To the egress of a node that leaves: have the connections end, each after the batch in hand. Answered by <see cref="EgressDrained"/>.</summary>
internal sealed class DrainEgress
{
    /// <summary>The one message.</summary>
    public static DrainEgress Instance { get; } = new();
}

/// <summary>Egress → who asked: no connection is left.</summary>
internal sealed class EgressDrained
{
    /// <summary>The one message.</summary>
    public static EgressDrained Instance { get; } = new();
}

/// <summary>To the egress: how many connections live, open or on their way? Answered by the number.</summary>
internal sealed class CountAlive
{
    /// <summary>The one message.</summary>
    public static CountAlive Instance { get; } = new();
}
