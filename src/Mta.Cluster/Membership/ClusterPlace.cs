using System.Collections.Immutable;
using System.Globalization;

namespace Mta.Cluster.Membership;

/// <summary>A node's place among the members: what follows from seeds, or from a pod's name.</summary>
/// <param name="PublicHost">The host that the others reach this node by.</param>
/// <param name="OtherSeeds">The seeds but for this node, as <c>host:port</c>.</param>
/// <param name="Founds">True for the one node that may found the cluster.</param>
internal sealed record ClusterPlace(string PublicHost, ImmutableArray<string> OtherSeeds, bool Founds)
{
    /// <summary>True where there is no other node to join by.</summary>
    public bool IsAlone => OtherSeeds.IsEmpty;

    /// <summary>The place that checked options give.</summary>
    public static ClusterPlace Of(ClusterOptions options) => options.StatefulSet.IsUsed ? OfPod(options) : OfSeeds(options);

    private static ClusterPlace OfSeeds(ClusterOptions options)
    {
        var host = options.PublicHost.Length > 0 ? options.PublicHost : options.Host;
        var self = HostPort(host, options.Port);
        return new ClusterPlace(host, Without(options.Seeds, self), options.Seeds.Count == 0 || IsSame(options.Seeds[0], self));
    }

    private static ClusterPlace OfPod(ClusterOptions options)
    {
        var pod = PodOrdinal.Parse(options.StatefulSet.EffectivePodName)
            ?? throw new ArgumentException("The pod's name ends in no ordinal.", nameof(options));
        var host = options.PublicHost.Length > 0 ? options.PublicHost : HostOf(pod.Ordinal);
        var seeds = Enumerable.Range(0, options.StatefulSet.Seeds).Where(i => i != pod.Ordinal).Select(i => HostPort(HostOf(i), options.Port));
        return new ClusterPlace(host, [.. seeds], pod.Ordinal == 0);

        string HostOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{pod.Set}-{ordinal}.{options.StatefulSet.Service}");
    }

    private static ImmutableArray<string> Without(IEnumerable<string> seeds, string self) => [.. seeds.Where(seed => !IsSame(seed, self))];

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static string HostPort(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
}
