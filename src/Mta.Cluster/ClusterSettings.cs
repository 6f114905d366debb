using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;

namespace Mta.Cluster;

/// <summary>What the cluster's actors are started with.</summary>
/// <param name="NodeName">The node's full host name: who accepted a message, and who reports in notifications.</param>
/// <param name="Cluster">The node as a member.</param>
/// <param name="Queues">The queues.</param>
/// <param name="Journal">Where the queues' journal stands.</param>
/// <param name="AkkaConfigFile">A file with Akka's own settings, laid over the built-in ones; null for the built-in ones alone.</param>
public sealed record ClusterSettings(
    string NodeName, ClusterOptions Cluster, QueueOptions Queues, JournalDatabase Journal, string? AkkaConfigFile = null)
{
    /// <summary>True where several nodes may stand on one database, so that what each of them owns is held by leases.</summary>
    internal bool SharesDatabase => Journal.Kind != JournalDatabaseKind.Sqlite;
}
