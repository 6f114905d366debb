using Akka.Actor;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Delivery;
using Mta.Cluster.Leases;
using Mta.Cluster.Returns;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Intake;
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
    /// <summary>Whether the database answers.</summary>
    public required SpoolHealth Health { get; init; }

    /// <summary>The partitions' shard region.</summary>
    public required Func<IActorRef> Partitions { get; init; }

    /// <summary>The leases that partitions are held by; null for a node with a database of its own.</summary>
    public LeaseKeeper? Leases { get; init; }

    /// <summary>
    /// False while nothing may be handed out for delivery: the database does not answer, so what comes of an attempt could not be kept; or this node has not renewed its leases for so
    /// long that another may own its partitions.
    /// </summary>
    public bool MayHandOut => Health.IsAvailable && Leases?.IsSure != false;

    /// <summary>Where the mail of a domain is.</summary>
    public QueuePlaces Places { get; } = new(new PartitionMap(Options.Partitions), QueueHosting.LanesOf(Options));

    /// <summary>Where attempts are kept; null where they are not.</summary>
    public IMessageHistory? History { get; init; }

    /// <summary>Whether attempts are kept.</summary>
    public bool KeepsAttempts => History is not null && Options.AttemptsKept > 0;

    /// <summary>Gives back memory that is not needed any more.</summary>
    public QueueMemory Memory { get; init; } = new();

    /// <summary>How often they do what they do by themselves.</summary>
    public QueuePace Pace { get; init; } = new();

    /// <summary>Now.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow();
}
