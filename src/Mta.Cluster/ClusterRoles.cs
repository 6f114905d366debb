using System.Collections.Immutable;

namespace Mta.Cluster;

/// <summary>The roles that a member can have; all are on by default.</summary>
public static class ClusterRoles
{
    /// <summary>Takes mail: has listeners.</summary>
    public const string Ingress = "ingress";

    /// <summary>Owns partitions and sites.</summary>
    public const string Queue = "queue";

    /// <summary>Owns source addresses and makes connections.</summary>
    public const string Egress = "egress";

    /// <summary>Serves the management endpoint.</summary>
    public const string Management = "management";

    /// <summary>All roles.</summary>
    public static ImmutableArray<string> All { get; } = [Ingress, Queue, Egress, Management];
}
