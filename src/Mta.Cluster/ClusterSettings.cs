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
    string NodeName, ClusterOptions Cluster, QueueOptions Queues, JournalDatabase Journal, string? AkkaConfigFile = null);
