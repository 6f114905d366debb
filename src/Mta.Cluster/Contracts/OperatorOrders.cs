using System.Collections.Immutable;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts;

/// <summary>A message for the ledger of operators' orders, which lives with partition 0.</summary>
public interface ILedgerMessage : IPartitionMessage;

/// <summary>Management → ledger: this suspension holds from now on. Answered by <see cref="SuspensionsStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Suspension">The suspension; it takes the place of one with the same scope.</param>
public sealed record OrderSuspension(int Partition, Suspension Suspension) : ILedgerMessage;

/// <summary>Management → ledger: this suspension ends. Answered by <see cref="SuspensionsStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Id">The suspension.</param>
public sealed record LiftSuspension(int Partition, string Id) : ILedgerMessage;

/// <summary>Management → ledger: which suspensions hold. Answered by <see cref="SuspensionsStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
public sealed record ListSuspensions(int Partition) : ILedgerMessage;

/// <summary>Ledger → management: how the suspensions stand. To an order it is said when all partitions keep it, or after a time.</summary>
/// <param name="Outcome">What came of the order.</param>
/// <param name="Set">All suspensions, with the order.</param>
/// <param name="Pending">Partitions that have not said that they keep this set; they are told until they do.</param>
public sealed record SuspensionsStand(OrderOutcome Outcome, SuspensionSet Set, ImmutableArray<int> Pending) : IWireMessage;

/// <summary>Ledger → partition: these suspensions hold. Said again until answered by <see cref="SuspensionsKept"/>, and from time to time.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Set">All suspensions.</param>
public sealed record KeepSuspensions(int Partition, SuspensionSet Set) : IPartitionMessage;

/// <summary>Partition → ledger: a revision of the suspensions is journaled here, and holds.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Revision">The revision.</param>
public sealed record SuspensionsKept(int Partition, long Revision) : IWireMessage;

/// <summary>Management → ledger: do this to all mail that a filter means. Answered by <see cref="JobsStand"/> once the order is kept. One that comes twice is one.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Job">The job.</param>
public sealed record OrderJob(int Partition, MessageJob Job) : ILedgerMessage;

/// <summary>Management → ledger: how do the jobs stand. Answered by <see cref="JobsStand"/>.</summary>
/// <param name="Partition">The ledger's partition.</param>
/// <param name="Id">Only this job; empty for all.</param>
public sealed record ListJobs(int Partition, string Id) : ILedgerMessage;

/// <summary>Ledger → management: how jobs stand.</summary>
/// <param name="Outcome">What came of the order.</param>
/// <param name="Jobs">The jobs asked for, oldest first.</param>
public sealed record JobsStand(OrderOutcome Outcome, ImmutableArray<JobStatus> Jobs) : IWireMessage;

/// <summary>How a job stands.</summary>
/// <param name="Job">The job.</param>
/// <param name="EndedAt">When all partitions had done it; null while one has not.</param>
/// <param name="Count">How many refs it took: exact once it has ended, before that as far as is known.</param>
/// <param name="Pending">Partitions that have not said that they are done.</param>
public sealed record JobStatus(MessageJob Job, DateTimeOffset? EndedAt, long Count, ImmutableArray<int> Pending);

/// <summary>Ledger → partition: do your portion of a job. Said again until answered by a <see cref="JobPortionTold"/> that has ended.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Job">The job.</param>
public sealed record RunJob(int Partition, MessageJob Job) : IPartitionMessage;

/// <summary>Partition → ledger: how far a job is here.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Job">The job.</param>
/// <param name="Count">How many refs it has taken.</param>
/// <param name="IsEnded">It has taken all, and all of it is on stable storage.</param>
public sealed record JobPortionTold(int Partition, string Job, long Count, bool IsEnded) : IWireMessage;

/// <summary>What came of an operator's order.</summary>
public enum OrderOutcome
{
    /// <summary>It holds, on stable storage.</summary>
    Done = 0,

    /// <summary>What it names is not there.</summary>
    Unknown = 1,

    /// <summary>There are too many already.</summary>
    TooMany = 2,
}
