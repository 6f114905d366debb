using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>How far a node has come on its way out of the cluster: a line for each phase of a graceful stop, in this order.</summary>
internal static partial class LeavingLog
{
    [LoggerMessage(5401, LogLevel.Information, "leaving: the listeners close, {Sessions} sessions are open")]
    public static partial void ListenersClose(this ILogger log, int sessions);

    [LoggerMessage(5402, LogLevel.Information, "leaving: the listeners are closed, {Ended} sessions have ended, {Left} are left, after {Took}")]
    public static partial void ListenersClosed(this ILogger log, int ended, int left, TimeSpan took);

    [LoggerMessage(5403, LogLevel.Information, "leaving: handing over {Partitions} partitions with {InFlight} deliveries in flight, and {Sites} sites")]
    public static partial void HandingOver(this ILogger log, int partitions, int inFlight, int sites);

    [LoggerMessage(5404, LogLevel.Information, "leaving: {Connections} outgoing connections have ended, after {Took}")]
    public static partial void ConnectionsEnded(this ILogger log, int connections, TimeSpan took);

    [LoggerMessage(5405, LogLevel.Warning, "leaving: {Connections} outgoing connections are still at work after {Limit} (cluster.drainTimeout); what they deliver may be delivered again")]
    public static partial void ConnectionsLeft(this ILogger log, int connections, TimeSpan limit);

    [LoggerMessage(5406, LogLevel.Information,
        "leaving: {Partitions} partitions and {Sites} sites are handed over, {Settled} refs were settled meanwhile, {Unsettled} are left in flight, after {Took}")]
    public static partial void HandedOver(this ILogger log, int partitions, int sites, long settled, long unsettled, TimeSpan took);

    [LoggerMessage(5407, LogLevel.Information, "leaving: out of the cluster, after {Took}")]
    public static partial void OutOfCluster(this ILogger log, TimeSpan took);
}
