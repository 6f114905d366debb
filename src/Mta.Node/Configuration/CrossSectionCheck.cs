using System.Net;
using Mta.Cluster;
using Mta.Cluster.Spool;
using Mta.Node.Management;
using Mta.Node.Start;

namespace Mta.Node.Configuration;

/// <summary>What no section can know by itself: keys that are right alone and wrong together.</summary>
internal static class CrossSectionCheck
{
    /// <summary>What is wrong; keys are written from the top of the configuration.</summary>
    public static IEnumerable<OptionProblem> Of(NodeConfiguration options) => [.. Database(options), .. Ports(options), .. Times(options), .. Access(options)];

    private static IEnumerable<OptionProblem> Database(NodeConfiguration options)
    {
        if (options.Cluster.Seeds.Count > 0 && options.Spool.Database == SpoolDatabaseKind.Sqlite)
            yield return new OptionProblem("cluster.seeds", "names members to join, but spool.database is sqlite, which serves a single node; expected postgreSql or sqlServer there, or no seeds here");
        // One pod on its own volume is a StatefulSet too, but then its service is none of the cluster's business.
        if (options.Cluster.StatefulSet.Service.Length > 0 && options.Spool.Database == SpoolDatabaseKind.Sqlite)
            yield return new OptionProblem("cluster.statefulSet.service", "makes this node one of several, but spool.database is sqlite, which serves a single node; expected postgreSql or sqlServer there, or no service here");
    }

    private static IEnumerable<OptionProblem> Ports(NodeConfiguration options)
    {
        (string Key, string Address, int Port)[] all = [.. ListenAddresses.Of(options)];
        // Its health is all that a supervisor sees of a node.
        if (all.All(a => a.Key == ListenAddresses.ClusterKey))
            yield return new OptionProblem("cluster.roles", "this node would listen nowhere but for the other members; add management, or ingress with a listener");
        for (int i = 1; i < all.Length; i++)
        {
            if (Array.FindIndex(all, 0, i, earlier => Collide(earlier, all[i])) is >= 0 and int taken)
                yield return new OptionProblem(all[i].Key, $"{all[i].Address} port {all[i].Port} is taken by {all[taken].Key}");
        }
    }

    private static bool Collide((string Key, string Address, int Port) one, (string Key, string Address, int Port) other) =>
        one.Port == other.Port && one.Port != 0
        && IPAddress.TryParse(one.Address, out IPAddress? first) && IPAddress.TryParse(other.Address, out IPAddress? second)
        && (first.Equals(second) || Covers(first, second) || Covers(second, first));

    /// <summary>Whether an address stands for all of a family: <c>::</c> for both.</summary>
    private static bool Covers(IPAddress all, IPAddress one) =>
        all.Equals(IPAddress.IPv6Any) || (all.Equals(IPAddress.Any) && one.AddressFamily == all.AddressFamily);

    private static IEnumerable<OptionProblem> Times(NodeConfiguration options)
    {
        TimeSpan drain = options.Receiving.Limits.DrainTimeout + options.Cluster.DrainTimeout;
        if (options.Node.ShutdownTimeout < drain)
            yield return new OptionProblem("node.shutdownTimeout", $"{DurationText.Format(options.Node.ShutdownTimeout)} is shorter than receiving.limits.drainTimeout and cluster.drainTimeout together; expected at least {DurationText.Format(drain)}");
    }

    private static IEnumerable<OptionProblem> Access(NodeConfiguration options)
    {
        ManagementOptions management = options.Management;
        if (options.Cluster.Roles.Contains(ClusterRoles.Management) && management.IsOpen() && !IPAddress.IsLoopback(management.Address))
            yield return new OptionProblem("management.address", $"{management.Address} can be reached from elsewhere, and nobody would have to log in; expected are management.tokens or management.clientCertificates, or a loopback address");
    }
}
