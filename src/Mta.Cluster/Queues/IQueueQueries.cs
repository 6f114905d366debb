using System.Collections.Immutable;
using Mta.Queueing;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Queues;

/// <summary>What operators ask the queues.</summary>
public interface IQueueQueries
{
    /// <summary>A page of the domain queues that hold mail and fit, in order, with the totals over all queues of all partitions.</summary>
    /// <param name="query">Which queues, and in which order.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<QueueOverview> ListAsync(QueueQuery query, CancellationToken cancel);

    /// <summary>The lanes of one domain that hold mail; empty where none does.</summary>
    /// <param name="domain">Lower-case A-labels, or an address literal with its brackets.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<ImmutableArray<QueueStatus>> FindAsync(string domain, CancellationToken cancel);
}

/// <summary>The queues of the whole cluster at one moment.</summary>
/// <param name="Totals">Totals over all queues.</param>
/// <param name="Queues">The queues of the page that was asked for.</param>
/// <param name="SilentPartitions">Partitions that did not answer in time or are still recovering: their mail is not counted.</param>
/// <param name="Count">How many queues fit, on all pages.</param>
/// <param name="Next">What the next page comes after; null on the last.</param>
public sealed record QueueOverview(
    QueueTotals Totals, ImmutableArray<QueueStatus> Queues, ImmutableArray<int> SilentPartitions, int Count = 0, QueuePosition? Next = null);

/// <summary>Numbers of refs.</summary>
/// <param name="Queues">Domain queues that hold mail.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Ready">Waiting for a connection.</param>
/// <param name="Deferred">Waiting for their next time.</param>
/// <param name="InFlight">With a connection, or being recorded.</param>
/// <param name="RateIn">Refs that come, a second.</param>
/// <param name="RateOut">Refs that leave, a second.</param>
public sealed record QueueTotals(int Queues, long Depth, long Ready, long Deferred, long InFlight, double RateIn = 0, double RateOut = 0)
{
    /// <summary>None.</summary>
    public static QueueTotals None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>Held until an operator releases them.</summary>
    public long Held { get; init; }

    /// <summary>Of both together.</summary>
    public static QueueTotals operator +(QueueTotals one, QueueTotals other) => new(
        one.Queues + other.Queues, one.Depth + other.Depth, one.Ready + other.Ready, one.Deferred + other.Deferred, one.InFlight + other.InFlight,
        one.RateIn + other.RateIn, one.RateOut + other.RateOut)
    {
        Held = one.Held + other.Held,
    };
}

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
/// <param name="Suspension">The suspension that holds the queue; empty where none does.</param>
/// <param name="RateIn">Refs that come, a second over about the last minute.</param>
/// <param name="RateOut">Refs that leave, a second over about the last minute.</param>
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
    DeferralReason LastReason,
    string Suspension = "",
    double RateIn = 0,
    double RateOut = 0)
{
    /// <summary>Refs that are held until an operator releases them.</summary>
    public int Held { get; init; }

    /// <summary>The route that operators have ordered for the queue; empty where configuration and DNS decide.</summary>
    public string Route { get; init; } = "";

    /// <summary>Refs in all.</summary>
    public int Depth => Ready + Deferred + InFlight + Held;

    /// <summary>Its place in a list.</summary>
    public QueuePosition PositionIn(QueueOrder order) => new(
        order switch
        {
            QueueOrder.Due => Ready,
            QueueOrder.Deferred => Deferred,
            QueueOrder.InFlight => InFlight,
            QueueOrder.Oldest => QueuePosition.OfTime(Oldest),
            QueueOrder.RateIn => QueuePosition.OfRate(RateIn),
            QueueOrder.RateOut => QueuePosition.OfRate(RateOut),
            QueueOrder.Name => 0,
            _ => Depth,
        },
        Queue);
}
