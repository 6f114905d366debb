using Akka.Actor;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Delivery.Sites;

/// <summary>What the sites work with.</summary>
/// <param name="Limits">Limits by site.</param>
/// <param name="Egress">Where connections are made.</param>
/// <param name="Partitions">The partitions' shard region.</param>
/// <param name="Map">Which partition owns a queue.</param>
/// <param name="DrainTimeout">How long a site that is handed over waits for its connections.</param>
/// <param name="Clock">The time.</param>
/// <param name="Metrics">The instruments.</param>
/// <param name="Log">The log.</param>
internal sealed record SiteServices(
    SiteLimitTable Limits,
    IEgressNodes Egress,
    Func<IActorRef> Partitions,
    PartitionMap Map,
    TimeSpan DrainTimeout,
    TimeProvider Clock,
    DeliveryMetrics Metrics,
    ILogger Log)
{
    /// <summary>Now.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow();
}
