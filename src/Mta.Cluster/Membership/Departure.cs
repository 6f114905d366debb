using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Membership;

/// <summary>Says in the log how far a node has come on its way out of the cluster, and with what.</summary>
internal sealed class Departure
{
    private readonly QueueMetrics? _queues;
    private readonly DeliveryMetrics? _delivery;
    private readonly ILogger _log;
    private long _began;
    private (int Partitions, int InFlight, int Sites, long Settled) _atFirst;

    private Departure(QueueMetrics? queues, DeliveryMetrics? delivery, ILogger log) => (_queues, _delivery, _log) = (queues, delivery, log);

    /// <summary>Makes it part of the node's leaving.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="queues">What the node owns of the queues; null where it has none.</param>
    /// <param name="delivery">What it owns of the sites; null where it has none.</param>
    /// <param name="log">The log.</param>
    public static void Follow(ActorSystem system, QueueMetrics? queues, DeliveryMetrics? delivery, ILogger log)
    {
        var departure = new Departure(queues, delivery, log);
        var shutdown = CoordinatedShutdown.Get(system);
        AddStep(shutdown, CoordinatedShutdown.PhaseBeforeClusterShutdown, departure.Begin);
        AddStep(shutdown, CoordinatedShutdown.PhaseClusterLeave, departure.TellHandedOver);
        AddStep(shutdown, CoordinatedShutdown.PhaseClusterShutdown, departure.TellOut);
    }

    private static void AddStep(CoordinatedShutdown shutdown, string phase, Action step) => shutdown.AddTask(phase, $"say-{phase}", () =>
    {
        step();
        return Task.FromResult(Done.Instance);
    });

    private void Begin()
    {
        _began = TimeProvider.System.GetTimestamp();
        _atFirst = (_queues?.OwnedPartitions ?? 0, _queues?.InFlight ?? 0, _delivery?.OwnedSites ?? 0, _queues?.SettledRefs ?? 0);
        _log.HandingOver(_atFirst.Partitions, _atFirst.InFlight, _atFirst.Sites);
    }

    private void TellHandedOver() => _log.HandedOver(
        _atFirst.Partitions - (_queues?.OwnedPartitions ?? 0),
        _atFirst.Sites - (_delivery?.OwnedSites ?? 0),
        (_queues?.SettledRefs ?? 0) - _atFirst.Settled,
        _queues?.AbandonedRefs ?? 0,
        TimeProvider.System.GetElapsedTime(_began));

    private void TellOut() => _log.OutOfCluster(TimeProvider.System.GetElapsedTime(_began));
}
