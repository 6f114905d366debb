using System.ComponentModel.DataAnnotations;

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

    /// <summary>Members to join by, as <c>host:port</c>, the same list in the same order on all nodes. Empty: this node founds a cluster of its own.</summary>
    public List<string> Seeds { get; set; } = [];

    /// <summary>What this node does: <c>ingress</c> (listeners), <c>queue</c> (queues and sites), <c>egress</c> (deliveries), <c>management</c>.</summary>
    [MinLength(1)]
    public List<string> Roles { get; set; } = [.. ClusterRoles.All];

    /// <summary>At a graceful stop: how long deliveries under way may take to end and be recorded before the node leaves without them.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);

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
        if (Seeds.Count > 0 && Port == 0)
            yield return new OptionProblem("port", "0 cannot be used with seeds: the other members must know the port");
    }
}
