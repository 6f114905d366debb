using Mta.Cluster;
using Mta.Cluster.Delivery;
using Mta.Cluster.Dns;
using Mta.Cluster.Queues;
using Mta.Cluster.Receiving;
using Mta.Cluster.Spool;
using Mta.Node.Logging;
using Mta.Node.Management;
using Mta.Node.Telemetry;

namespace Mta.Node.Configuration;

/// <summary>The whole configuration of a node, section by section. Without a file, the defaults run a working single node on loopback.</summary>
public sealed class NodeConfiguration : IOptionsCheck
{
    /// <summary>The node itself: who it is and where it keeps its files.</summary>
    public NodeOptions Node { get; set; } = new();

    /// <summary>The node as a member of the cluster.</summary>
    public ClusterOptions Cluster { get; set; } = new();

    /// <summary>The database that holds the messages; the queues' journal stands in the same kind.</summary>
    public SpoolOptions Spool { get; set; } = new();

    /// <summary>How mail comes in: listeners, limits, certificates, who may relay.</summary>
    public ReceivingOptions Receiving { get; set; } = new();

    /// <summary>The queues: partitions, retry schedule, what differs for single domains.</summary>
    public QueueOptions Queues { get; set; } = new();

    /// <summary>How mail leaves: routes, limits, timeouts, TLS, source addresses.</summary>
    public DeliveryOptions Delivery { get; set; } = new();

    /// <summary>How names are looked up.</summary>
    public DnsOptions Dns { get; set; } = new();

    /// <summary>The management endpoint.</summary>
    public ManagementOptions Management { get; set; } = new();

    /// <summary>Traces of mail, by OpenTelemetry.</summary>
    public TracingOptions Tracing { get; set; } = new();

    /// <summary>What is logged, and how.</summary>
    public LoggingOptions Logging { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check() => CrossSectionCheck.Of(this);
}
