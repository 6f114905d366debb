using System.Collections.Immutable;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Queues;

// What a partition, its domain queues and their schedules say to each other. None of it leaves the process.

/// <summary>Partition → queue: refs that were just accepted.</summary>
internal sealed record OfferFresh(ImmutableArray<QueuedRef> Refs);

/// <summary>Partition → queue: refs that were read from the spool.</summary>
internal sealed record OfferStored(ImmutableArray<RecoveredRef> Refs);

/// <summary>A ref of the spool, with what the journal knows of it.</summary>
internal readonly record struct RecoveredRef(StoredRef Ref, RefDeferred? Deferral);

/// <summary>Queue → partition: commit these.</summary>
internal sealed record SettleRefs(ImmutableArray<RefSettlement> Refs);

/// <summary>Partition → queue: committed.</summary>
internal sealed record RefsSettled(IReadOnlyList<RefId> Ids);

/// <summary>Queue → partition: journal these.</summary>
internal sealed record RecordRefs(ImmutableArray<RefDeferred> Refs);

/// <summary>Partition → queue: journaled.</summary>
internal sealed record RefsRecorded(IReadOnlyList<RefId> Ids);

/// <summary>Queue → partition: these are in the spool no more.</summary>
internal sealed record RefsGone(ImmutableArray<RefId> Ids);

/// <summary>Partition → queue: look after what is ready. Sent from time to time to queues that have ready refs.</summary>
internal sealed record QueueTick
{
    public static QueueTick Instance { get; } = new();
}

/// <summary>Partition → queue: hand nothing more out.</summary>
internal sealed record StopHandingOut
{
    public static StopHandingOut Instance { get; } = new();
}

/// <summary>Partition → queue: what is your status?</summary>
internal sealed record DescribeQueue(long RequestId);

/// <summary>Queue → partition: the status.</summary>
internal sealed record QueueDescribed(long RequestId, QueueStatus Status);

/// <summary>Queue → schedule: these wait.</summary>
internal sealed record ScheduleRefs(ImmutableArray<ScheduledRef> Refs);

/// <summary>Schedule → queue: the time of these has come.</summary>
/// <param name="Ids">The refs.</param>
/// <param name="NextDue">When the next is due; null where none waits.</param>
internal sealed record RefsDue(ImmutableArray<RefId> Ids, DateTimeOffset? NextDue);
