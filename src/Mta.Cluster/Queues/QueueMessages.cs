using System.Collections.Immutable;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Dormant;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// What a partition, its domain queues and their schedules say to each other. None of it leaves the process.

/// <summary>Partition → queue: refs that were just accepted.</summary>
/// <param name="Refs">The refs.</param>
/// <param name="Node">The node that accepted them; empty where that is not known.</param>
internal sealed record OfferFresh(ImmutableArray<QueuedRef> Refs, string Node);

/// <summary>Partition → queue: refs that were read from the spool.</summary>
/// <param name="Refs">The refs.</param>
/// <param name="WereLost">Those that the queue does not know should have been announced.</param>
internal sealed record OfferStored(ImmutableArray<RecoveredRef> Refs, bool WereLost = false)
{
    /// <summary>Why mail was deferred here last, where the queue was dormant.</summary>
    public LastDeferral Last { get; init; }
}

/// <summary>A ref of the spool, with what the journal knows of it.</summary>
internal readonly record struct RecoveredRef(StoredRef Ref, RefDeferred? Deferral)
{
    /// <summary>An operator's job has taken it.</summary>
    public bool IsTaken { get; init; }

    /// <summary>What is ordered for it; null where nothing is.</summary>
    public RefOrder? Order { get; init; }
}

/// <summary>Queue → partition: commit these.</summary>
internal sealed record SettleRefs(ImmutableArray<RefSettlement> Refs);

/// <summary>Partition → queue: committed.</summary>
internal sealed record RefsSettled(IReadOnlyList<RefId> Ids);

/// <summary>Queue → partition: keep these for operators to look at.</summary>
internal sealed record KeepAttempts(ImmutableArray<EncodedAttempt> Attempts);

/// <summary>Queue → partition: journal these.</summary>
internal sealed record RecordRefs(ImmutableArray<RefDeferred> Refs);

/// <summary>Partition → queue: journaled.</summary>
internal sealed record RefsRecorded(IReadOnlyList<RefId> Ids);

/// <summary>Queue → partition: these are in the spool no more.</summary>
internal sealed record RefsGone(ImmutableArray<RefId> Ids);

/// <summary>Partition → queue: look after what is ready, and which message is the oldest. Sent from time to time to queues that have ready refs, or whose oldest message has left.</summary>
internal sealed record QueueTick
{
    public static QueueTick Instance { get; } = new();
}

/// <summary>Partition → queue: hand nothing more out.</summary>
internal sealed record StopHandingOut
{
    public static StopHandingOut Instance { get; } = new();
}

/// <summary>Partition → queue: these suspensions hold from now on.</summary>
internal sealed record HeedSuspensions(SuspensionSet Set);

/// <summary>Partition → queue: an operator's job wants these. Answered by <see cref="WithholdAnswered"/>, and for each ref once by <see cref="RefsWithheld"/>, now or later.</summary>
internal sealed record WithholdRefs(ImmutableArray<RefId> Ids);

/// <summary>Queue → partition: what can be withheld at once is.</summary>
internal sealed record WithholdAnswered
{
    public static WithholdAnswered Instance { get; } = new();
}

/// <summary>Queue → partition: these are withheld, or gone.</summary>
internal sealed record RefsWithheld(WithheldRefs Refs);

/// <summary>Partition → queue: put these, which are withheld, back as their orders say.</summary>
internal sealed record PutBackRefs(ImmutableArray<RecoveredRef> Refs);

/// <summary>Partition → queue: these, which are withheld, go to another queue.</summary>
internal sealed record WithdrawRefs(ImmutableArray<RefId> Ids);

/// <summary>Partition → queue: take these as withheld, where you do not know them: it is not decided yet whether they are held. Answered by <see cref="RefsSetAside"/>.</summary>
internal sealed record SetAsideRefs(ImmutableArray<StoredRef> Refs);

/// <summary>Queue → partition: of the refs that were to be set aside, these are, and these had been here.</summary>
internal sealed record RefsSetAside(ImmutableArray<RefId> Aside, ImmutableArray<RefId> Known);

/// <summary>Partition → queue: these standing routes hold from now on.</summary>
internal sealed record HeedRules(RuleSet Set);

/// <summary>Partition → queue: hand over what you hold, and end, if all of it waits.</summary>
/// <param name="NotBefore">And if none of it is due before this.</param>
internal sealed record RestQueue(DateTimeOffset NotBefore);

/// <summary>Queue → partition: this is all that it held; it has ended.</summary>
internal sealed record QueueRested(DormantQueue Queue);

/// <summary>Queue → partition: it has something to do, or will soon.</summary>
internal sealed record QueueStaysAwake(QueueKey Queue);

/// <summary>Queue → schedule: these wait.</summary>
internal sealed record ScheduleRefs(ImmutableArray<ScheduledRef> Refs);

/// <summary>Schedule → queue: the time of these has come.</summary>
/// <param name="Ids">The refs.</param>
/// <param name="NextDue">When the next is due; null where none waits.</param>
internal sealed record RefsDue(ImmutableArray<RefId> Ids, DateTimeOffset? NextDue);
