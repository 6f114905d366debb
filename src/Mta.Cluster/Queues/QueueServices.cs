using Akka.Actor;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Delivery;
using Mta.Cluster.Returns;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Schedule;

namespace Mta.Cluster.Queues;

/// <summary>What the partitions and their domain queues work with.</summary>
/// <param name="Options">The queues' options.</param>
/// <param name="Policies">The retry policies that follow from them.</param>
/// <param name="Spool">The spool.</param>
/// <param name="Router">Where mail goes.</param>
/// <param name="Returns">Makes notifications.</param>
/// <param name="Hints">Announces the refs of notifications.</param>
/// <param name="Sites">The sites' shard region.</param>
/// <param name="Clock">The time.</param>
/// <param name="Metrics">The instruments.</param>
/// <param name="Log">The log.</param>
/// <param name="NodeName">The node's name: the owner that an epoch is raised for.</param>
/// <param name="DrainTimeout">How long a partition that is handed over waits for deliveries under way.</param>
internal sealed record QueueServices(
    QueueOptions Options,
    RetryPolicies Policies,
    ISpool Spool,
    IRouter Router,
    ReturnComposer Returns,
    HintOutbox Hints,
    Func<IActorRef> Sites,
    TimeProvider Clock,
    QueueMetrics Metrics,
    ILogger Log,
    string NodeName,
    TimeSpan DrainTimeout)
{
    /// <summary>Now.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow();
}
