using System.Collections.Immutable;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

/// <summary>What operators ask the queues.</summary>
public interface IQueueQueries
{
    /// <summary>All domain queues that hold mail, deepest first, with the totals over all partitions.</summary>
    /// <param name="limit">At most so many queues; the totals count all.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<QueueOverview> ListAsync(int limit, CancellationToken cancel);

    /// <summary>The lanes of one domain that hold mail; empty where none does.</summary>
    /// <param name="domain">Lower-case A-labels, or an address literal with its brackets.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<ImmutableArray<QueueStatus>> FindAsync(string domain, CancellationToken cancel);
}

/// <summary>The queues of the whole cluster at one moment.</summary>
/// <param name="Totals">Totals over all queues.</param>
/// <param name="Queues">The queues asked for.</param>
/// <param name="SilentPartitions">Partitions that did not answer in time or are still recovering: their mail is not counted.</param>
public sealed record QueueOverview(QueueTotals Totals, ImmutableArray<QueueStatus> Queues, ImmutableArray<int> SilentPartitions);

/// <summary>Numbers of refs.</summary>
/// <param name="Queues">Domain queues that hold mail.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Ready">Waiting for a connection.</param>
/// <param name="Deferred">Waiting for their next time.</param>
/// <param name="InFlight">With a connection, or being recorded.</param>
public sealed record QueueTotals(int Queues, long Depth, long Ready, long Deferred, long InFlight);

/// <summary>One domain queue at one moment.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Partition">The partition that owns it.</param>
/// <param name="Ready">Refs that wait for a connection.</param>
/// <param name="Deferred">Refs that wait for their next time.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="Oldest">When the oldest message was accepted; null where the queue is empty.</param>
/// <param name="NextDue">When the next deferred ref is due; null where none is deferred.</param>
/// <param name="Site">The site that serves the queue; empty where there is no route.</param>
/// <param name="LastReply">The last reply that deferred mail here; empty where there was none.</param>
/// <param name="LastReason">Why mail was deferred here last.</param>
public sealed record QueueStatus(
    QueueKey Queue,
    int Partition,
    int Ready,
    int Deferred,
    int InFlight,
    DateTimeOffset? Oldest,
    DateTimeOffset? NextDue,
    string Site,
    string LastReply,
    DeferralReason LastReason)
{
    /// <summary>Refs in all.</summary>
    public int Depth => Ready + Deferred + InFlight;
}
