using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Nodes;

/// <summary>Speaks for its node, <c>/user/node</c>: tells how it is, drains it, and tells the others that it drains.</summary>
internal sealed class NodeReporter : ReceiveActor, IWithTimers
{
    /// <summary>The actor's name.</summary>
    public const string Name = "node";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly NodeServices _services;
    private readonly LoadMeter _load;

    public NodeReporter(NodeServices services)
    {
        _services = services;
        _load = new LoadMeter(services.Clock);
        Receive<ReportNode>(_ => Sender.Tell(Report()));
        Receive<DrainNode>(OnDrain);
        Receive<NodeDrains>(word => _services.Drained.Heard(word.Node, word.Drains));
        Receive<Look>(_ => OnLook());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeServices services) => Akka.Actor.Props.Create(() => new NodeReporter(services));

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, Interval);

    private void OnDrain(DrainNode order)
    {
        if (order.Drains != _services.Drain.IsDraining)
            _services.Log.NodeDrains(order.Drains ? "drains" : "takes mail again");
        if (order.Drains)
            _services.Drain.Begin();
        else
            _services.Drain.End();
        TellAll();
        Sender.Tell(Report());
    }

    private void OnLook()
    {
        _load.Look();
        // Again and again: a word may be lost, and members come.
        if (_services.Drain.IsDraining)
            TellAll();
    }

    private void TellAll()
    {
        var word = new NodeDrains(NodeNames.Of(_cluster.SelfAddress), _services.Drain.IsDraining);
        _services.Drained.Heard(word.Node, word.Drains);
        foreach (var member in _cluster.State.Members.Where(m => m.Address != _cluster.SelfAddress))
            Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name).Tell(word);
    }

    private NodeReported Report() => new(
        _services.HostName,
        _services.Version,
        _load.StartedAt,
        Environment.ProcessorCount,
        _load.Processors,
        Environment.WorkingSet,
        GC.GetTotalMemory(forceFullCollection: false),
        _services.Sessions(),
        _services.Connections(),
        _services.Drain.IsDraining,
        [.. _services.Readiness().Where(c => c.NotReadyBecause is not null).Select(c => $"{c.Component}: {c.NotReadyBecause}")],
        _services.Mail());

    private sealed class Look
    {
        public static Look Instance { get; } = new();
    }
}
