using System.ComponentModel.DataAnnotations;
using System.Net;
using Mta.Cluster.Membership;

namespace Mta.Cluster;

/// <summary>The node as a member of the cluster. The defaults make a cluster of one that listens on loopback.</summary>
public sealed class ClusterOptions : IOptionsCheck
{
    /// <summary>The address that this node listens on for the other members.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The TCP port for the other members; 0 lets the system choose one, which only a cluster of one can use.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 4053;

    /// <summary>The host name that the other members reach this node by. Empty: the same as the address it listens on.</summary>
    public string PublicHost { get; set; } = "";

    /// <summary>
    /// Members to join by, as <c>host:port</c>, the same list in the same order on all nodes. The first, and no other, founds the cluster when there is none. Empty: this node founds
    /// a cluster of its own.
    /// </summary>
    public List<string> Seeds { get; set; } = [];

    /// <summary>Kubernetes: seeds and public host from the names of a StatefulSet's pods, instead of seeds.</summary>
    public StatefulSetOptions StatefulSet { get; set; } = new();

    /// <summary>What this node does: <c>ingress</c> (listeners), <c>queue</c> (queues and sites), <c>egress</c> (deliveries), <c>management</c>.</summary>
    [MinLength(1)]
    public List<string> Roles { get; set; } = [.. ClusterRoles.All];

    /// <summary>At a graceful stop: how long deliveries under way may take to end and be recorded before the node leaves without them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>TLS between the members.</summary>
    public ClusterTlsOptions Tls { get; set; } = new();

    /// <summary>Which side of a network split goes on, when some members do not reach others.</summary>
    public DowningStrategy Downing { get; set; }

    /// <summary>How long a member may be silent before it counts as unreachable: longer than the longest pause of an overloaded node.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeartbeatPause { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long what is reachable must stay the same before the unreachable members are removed, and others take over their work.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a partition or site is its owner's without a renewal in the database, which is made every fifth of it. A dead owner's work begins elsewhere only after that.
    /// An outage of the database that lasts longer than most of it halts deliveries.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>True where this node is meant to be one of several.</summary>
    public bool HasOthers() => Seeds.Count > 0 || StatefulSet.IsUsed;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        for (var i = 0; i < Roles.Count; i++)
        {
            if (!ClusterRoles.All.Contains(Roles[i], StringComparer.Ordinal))
                yield return new OptionProblem($"roles[{i}]", $"unknown role; expected one of {string.Join(", ", ClusterRoles.All)}");
        }
        for (var i = 0; i < Seeds.Count; i++)
        {
            if (!Uri.TryCreate($"akka.tcp://{Seeds[i]}", UriKind.Absolute, out var uri) || uri.Port <= 0 || uri.PathAndQuery.Length > 1)
                yield return new OptionProblem($"seeds[{i}]", "not a member's address; expected host:port");
        }
        if (Seeds.Count > 0 && StatefulSet.IsUsed)
            yield return new OptionProblem("seeds", "is set, and so is statefulSet.service, from which the seeds follow; expected is one of them");
        if (HasOthers() && PublicHost.Length == 0 && !StatefulSet.IsUsed && IPAddress.TryParse(Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            yield return new OptionProblem("publicHost", $"is empty, and {Host} is no address that others could reach this node by; expected is one that is");
        if (HasOthers() && Port == 0)
            yield return new OptionProblem("port", "0 cannot be used with seeds: the other members must know the port");
    }
}
