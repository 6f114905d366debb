using Akka.Actor;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Receiving;

/// <summary>The parent of all sessions of the node. A session that breaks is ended; its neighbours and its listener go on.</summary>
internal sealed class SmtpSessions : ReceiveActor
{
    private readonly Dictionary<IActorRef, SmtpConnection> _connections = [];
    private readonly SessionServices _services;

    public SmtpSessions(SessionServices services)
    {
        _services = services;
        Receive<Serve>(OnServe);
        Receive<Terminated>(OnTerminated);
    }

    public static Props Props(SessionServices services) => Akka.Actor.Props.Create(() => new SmtpSessions(services));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(OnFailure);

    private Directive OnFailure(Exception error)
    {
        if (_connections.TryGetValue(Sender, out var connection))
            _services.Log.SessionBroke(error, connection.Client);
        return Directive.Stop;
    }

    private void OnServe(Serve serve)
    {
        var session = Context.ActorOf(SmtpSession.Props(serve.Connection, _services));
        _connections.Add(session, serve.Connection);
        Context.Watch(session);
    }

    // However the session ended, its connection does not stay behind.
    private void OnTerminated(Terminated end)
    {
        if (_connections.Remove(end.ActorRef, out var connection))
            connection.End();
    }

    /// <summary>A connection that has been admitted and wants a session.</summary>
    internal sealed record Serve(SmtpConnection Connection);
}
