using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>Event of a partition: these refs were deferred, in one batch over all its domains.</summary>
/// <param name="Records">The deferrals; a later one of the same ref replaces an earlier one.</param>
public sealed record RefsDeferred(ImmutableArray<DeferralRecord> Records) : IPersistedMessage;

/// <summary>Snapshot of a partition: all its deferred refs.</summary>
/// <param name="Records">One record for each ref.</param>
public sealed record DeferralSnapshot(ImmutableArray<DeferralRecord> Records) : IPersistedMessage;

/// <summary>What the journal knows of a deferred ref.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempts">Attempts so far, at least 1.</param>
/// <param name="NextDue">When it is tried again.</param>
/// <param name="Reason">Why it was deferred last.</param>
/// <param name="Reply">The last reply.</param>
public readonly record struct DeferralRecord(
    RefId Id, int Attempts, DateTimeOffset NextDue, DeferralReason Reason, SmtpReply Reply);
