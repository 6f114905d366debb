using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Delivery;

/// <summary>
/// The end of a node's connections when it leaves, beside the handing over of partitions and sites. Most connections serve sites and queues of other nodes, which would take
/// what was under way on them for in doubt, and deliver it again.
/// </summary>
internal static class EgressDrain
{
    /// <summary>Makes it part of the node's leaving.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="egress">The node's egress.</param>
    /// <param name="limit">How long deliveries under way may take.</param>
    /// <param name="log">The log.</param>
    public static void OnLeaving(ActorSystem system, IActorRef egress, TimeSpan limit, ILogger log) => CoordinatedShutdown.Get(system).AddTask(
        CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "drain-egress", () => DrainAsync(egress, limit, log));

    private static async Task<Done> DrainAsync(IActorRef egress, TimeSpan limit, ILogger log)
    {
        var began = TimeProvider.System.GetTimestamp();
        var connections = await egress.Ask<int>(CountAlive.Instance, limit + Margin).ConfigureAwait(false);
        try
        {
            await egress.Ask<EgressDrained>(DrainEgress.Instance, limit).ConfigureAwait(false);
            log.ConnectionsEnded(connections, TimeProvider.System.GetElapsedTime(began));
        }
        catch (AskTimeoutException)
        {
            log.ConnectionsLeft(await egress.Ask<int>(CountAlive.Instance, Margin).ConfigureAwait(false), limit);
        }
        return Done.Instance;
    }

    private static TimeSpan Margin => TimeSpan.FromSeconds(2);
}
