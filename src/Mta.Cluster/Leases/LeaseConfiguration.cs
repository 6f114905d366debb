using System.Globalization;
using Akka.Configuration;

namespace Mta.Cluster.Leases;

/// <summary>Akka's settings of leases, and who uses them.</summary>
internal static class LeaseConfiguration
{
    private const string Shards = "mta.lease.shards";
    private const string Downing = "mta.lease.downing";
    private const string Resolver = "akka.cluster.split-brain-resolver.";
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How a shard is held. While the database is away its owner goes on with what it has in memory (outcomes that are to be recorded), and begins nothing:
    /// stopped, it would forget them, and deliver again.
    /// </summary>
    public static LeaseTerms ShardTerms(ClusterOptions options) =>
        new(options.LeaseTime, options.LeaseTime / 5, OperationTimeout, WaitsForDatabase: true);

    /// <summary>
    /// How the right to down the other side of a split is held. Who holds it may be the next to die: then it must be free when the others decide, or they would
    /// take themselves for the side that lost.
    /// </summary>
    public static LeaseTerms DowningTerms(ClusterOptions options)
    {
        var time = (options.HeartbeatPause + options.StableAfter) * 0.6;
        return new(time, time / 5, OperationTimeout);
    }

    /// <summary>The settings, for a database that all nodes share.</summary>
    public static Config Settings(ClusterOptions options)
    {
        List<(string, string)> entries =
        [
            .. Lease(Shards, ShardTerms(options)),
            .. Lease(Downing, DowningTerms(options)),
            ("akka.cluster.sharding.use-lease", Shards),
            (Resolver + "lease-majority.lease-implementation", Downing),
        ];
        if (options.Downing == DowningStrategy.LeaseMajority)
            entries.Add((Resolver + "active-strategy", "lease-majority"));
        return AkkaSettings.Of([.. entries]);
    }

    private static (string, string)[] Lease(string path, LeaseTerms terms) =>
    [
        (path + ".lease-class", typeof(SqlLease).AssemblyQualifiedName!),
        (path + ".heartbeat-timeout", Milliseconds(terms.Time)),
        (path + ".heartbeat-interval", Milliseconds(terms.RenewEvery)),
        (path + ".lease-operation-timeout", Milliseconds(terms.OperationTimeout)),
        (path + "." + LeaseTerms.WaitsKey, terms.WaitsForDatabase ? "on" : "off"),
    ];

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds)}ms");
}
