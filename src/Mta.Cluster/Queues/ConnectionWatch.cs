using Akka.Actor;

namespace Mta.Cluster.Queues;

/// <summary>
/// Watches the connections that hold refs of this node's queues, each once, however many queues it serves: a watch between nodes that begins and ends with each batch costs four messages. A queue says
/// when it has handed a connection something, and when it has all of it back; where the connection ends between the two, it is told. A connection stays watched until it ends.
/// </summary>
internal sealed class ConnectionWatch : ReceiveActor
{
    private readonly Dictionary<IActorRef, HashSet<IActorRef>> _queues = [];

    public ConnectionWatch()
    {
        Receive<MindConnection>(Mind);
        Receive<LeaveConnection>(m => _queues.GetValueOrDefault(m.Connection)?.Remove(Sender));
        Receive<Terminated>(m => Tell(m.ActorRef));
    }

    private void Mind(MindConnection message)
    {
        if (!_queues.TryGetValue(message.Connection, out var queues))
        {
            _queues.Add(message.Connection, queues = []);
            Context.Watch(message.Connection);
        }
        queues.Add(Sender);
    }

    private void Tell(IActorRef connection)
    {
        if (!_queues.Remove(connection, out var queues))
            return;
        var ended = new ConnectionEnded(connection);
        foreach (var queue in queues)
            queue.Tell(ended);
    }
}

/// <summary>Queue → watch: this connection has refs of mine.</summary>
internal sealed record MindConnection(IActorRef Connection);

/// <summary>Queue → watch: it has none any more.</summary>
internal sealed record LeaveConnection(IActorRef Connection);

/// <summary>Watch → queue: this connection has ended.</summary>
internal sealed record ConnectionEnded(IActorRef Connection);

/// <summary>The one <see cref="ConnectionWatch"/> of an actor system.</summary>
internal sealed class ConnectionWatches : ExtensionIdProvider<ConnectionWatchExtension>
{
    private static readonly ConnectionWatches Id = new();

    public static IActorRef Of(ActorSystem system) => Id.Apply(system).Actor;

    public override ConnectionWatchExtension CreateExtension(ExtendedActorSystem system) =>
        new(system.SystemActorOf(Props.Create(() => new ConnectionWatch()), "connection-watch"));
}

/// <summary>Holds the <see cref="ConnectionWatch"/> of an actor system.</summary>
internal sealed record ConnectionWatchExtension(IActorRef Actor) : IExtension;
