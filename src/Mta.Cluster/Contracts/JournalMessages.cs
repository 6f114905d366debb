using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts;

/// <summary>Event of a partition: these refs were deferred, in one batch over all its domains.</summary>
/// <param name="Records">The deferrals; a later one of the same ref replaces an earlier one.</param>
public sealed record RefsDeferred(ImmutableArray<DeferralRecord> Records) : IPersistedMessage;

/// <summary>Event of a partition: from here on these suspensions hold. The last one counts.</summary>
/// <param name="Set">All suspensions.</param>
public sealed record SuspensionsChanged(SuspensionSet Set) : IPersistedMessage;

/// <summary>Event of a partition: an operator's job has taken these refs, and nothing but it ends them.</summary>
/// <param name="Job">The job.</param>
/// <param name="Ids">The refs.</param>
public sealed record RefsTaken(MessageJob Job, ImmutableArray<RefId> Ids) : IPersistedMessage;

/// <summary>Event of a partition: a job has done here what it was to do.</summary>
/// <param name="Portion">The job, and how many refs it took.</param>
public sealed record JobPortionEnded(JobPortion Portion) : IPersistedMessage;

/// <summary>Event of a partition: from here on these standing holds and routes hold. The last one counts.</summary>
/// <param name="Set">All of them.</param>
public sealed record RulesChanged(RuleSet Set) : IPersistedMessage;

/// <summary>Event of a partition: a standing hold holds these refs.</summary>
/// <param name="Rule">The hold.</param>
/// <param name="Ids">The refs.</param>
public sealed record RefsHeld(string Rule, ImmutableArray<RefId> Ids) : IPersistedMessage;

/// <summary>Event of the ledger of operators' orders: all that they have ordered. The last one counts.</summary>
/// <param name="State">The state.</param>
public sealed record LedgerChanged(LedgerState State) : IPersistedMessage;

/// <summary>Snapshot of a partition: all its deferred refs, and what operators have ordered.</summary>
/// <param name="Records">One record for each ref.</param>
/// <param name="Suspensions">The suspensions that hold; of revision 0 where a release before them wrote it.</param>
/// <param name="Taken">What the job that runs has taken; null where none runs.</param>
/// <param name="Ended">The last jobs that ended, oldest first.</param>
public sealed record DeferralSnapshot(
    ImmutableArray<DeferralRecord> Records, SuspensionSet Suspensions, RefsTaken? Taken, ImmutableArray<JobPortion> Ended) : IPersistedMessage
{
    /// <summary>The standing holds and routes that hold; of revision 0 where a release before them wrote it.</summary>
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>What is ordered for single refs.</summary>
    public ImmutableArray<OrderedRef> Orders { get; init; } = [];
}

/// <summary>What the journal knows of a deferred ref.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempts">Attempts so far, at least 1.</param>
/// <param name="NextDue">When it is tried again.</param>
/// <param name="Reason">Why it was deferred last.</param>
/// <param name="Reply">The last reply.</param>
public readonly record struct DeferralRecord(
    RefId Id, int Attempts, DateTimeOffset NextDue, DeferralReason Reason, SmtpReply Reply);
