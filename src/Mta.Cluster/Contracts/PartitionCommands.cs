using System.Collections.Immutable;
using Akka.Actor;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>Intake → partition: these refs are stored. A hint: it may be lost, and may come twice.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Refs">The refs with their envelopes.</param>
/// <param name="Node">The node that accepted them, as <c>host:port</c>; empty where that is not said.</param>
public sealed record AnnounceRefs(int Partition, ImmutableArray<QueuedRef> Refs, string Node = "") : IPartitionMessage;

/// <summary>Keeper → partition: be there. Partitions run always, with or without mail.</summary>
/// <param name="Partition">The partition.</param>
public sealed record WakePartition(int Partition) : IPartitionMessage;

/// <summary>
/// Site → domain queue: hand up to <paramref name="Max"/> ready refs to a connection. The queue sends the connection a
/// <see cref="DeliverBatch"/> (empty where nothing is ready) and the site a <see cref="WorkTaken"/>.
/// </summary>
/// <param name="Partition">The queue's partition.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Site">The site that asks; a queue that has moved to another site answers with nothing.</param>
/// <param name="PullId">Names this pull in the answers.</param>
/// <param name="Max">At most so many refs.</param>
/// <param name="Connection">The connection that will deliver; watched by the queue until it has reported.</param>
/// <param name="ReplyTo">The site.</param>
/// <param name="Node">The connection's node, as <c>host:port</c>: what that node has accepted is handed out first. Empty where that is not said.</param>
public sealed record PullWork(
    int Partition, QueueKey Queue, string Site, long PullId, int Max, IActorRef Connection, IActorRef ReplyTo, string Node = "") : IQueueMessage;

/// <summary>
/// Connection → domain queue: what became of refs of a batch. A ref that is reported twice counts once. A report between nodes is repeated until the queue says
/// <see cref="ReportTaken"/>: one that is lost would be an attempt in doubt, and be made again.
/// </summary>
/// <param name="Partition">The queue's partition.</param>
/// <param name="Queue">The queue.</param>
/// <param name="PullId">The pull that handed them out.</param>
/// <param name="Refs">One report for each ref.</param>
/// <param name="ReportId">The connection's number for the report; 0 where no answer is wanted.</param>
public sealed record DeliveryReport(int Partition, QueueKey Queue, long PullId, ImmutableArray<RefReport> Refs, long ReportId = 0) : IQueueMessage;

/// <summary>
/// Site → domain queue: no host of the site can be reached now; defer all that is ready, each by its own schedule.
/// </summary>
/// <param name="Partition">The queue's partition.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Site">The site.</param>
/// <param name="Reason">Why.</param>
/// <param name="Reply">What to tell.</param>
public sealed record SiteUnreachable(
    int Partition, QueueKey Queue, string Site, DeferralReason Reason, SmtpReply Reply) : IQueueMessage;
