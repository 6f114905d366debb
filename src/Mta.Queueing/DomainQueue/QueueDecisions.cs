using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing.Returns;

namespace Mta.Queueing.DomainQueue;

/// <summary>What a step of a domain queue wants done. Every list may be empty, none is default.</summary>
/// <param name="Settle">To be committed in the spool, each with its notification in the same transaction; then <see cref="QueueMachine.Settled"/>.</param>
/// <param name="Record">To be journaled; then <see cref="QueueMachine.Recorded"/>.</param>
/// <param name="Schedule">To be added to the retry schedule.</param>
/// <param name="Load">Envelopes to be read from the spool; then <see cref="QueueMachine.Loaded"/>, and the same step once more.</param>
/// <param name="Log">One for each recipient of each attempt that ended.</param>
public sealed record QueueDecisions(
    ImmutableArray<RefSettlement> Settle,
    ImmutableArray<RefDeferred> Record,
    ImmutableArray<ScheduledRef> Schedule,
    ImmutableArray<RefId> Load,
    ImmutableArray<AttemptRecord> Log)
{
    /// <summary>Nothing is to be done.</summary>
    public static QueueDecisions None { get; } = new([], [], [], [], []);

    /// <summary>What has become of refs that an operator's order wanted; null where nothing has.</summary>
    public WithheldRefs? Withheld { get; init; }
}

/// <summary>Recipients of a ref are finished: to be committed in the spool.</summary>
/// <param name="Id">The ref.</param>
/// <param name="AcceptedAt">When its message was accepted.</param>
/// <param name="Remaining">The recipients that are left; empty where the ref is finished and goes.</param>
/// <param name="DelayNotified">A delay notification has been sent for it, by this settlement or before.</param>
/// <param name="Return">The notification to be stored with it; null for none.</param>
public sealed record RefSettlement(
    RefId Id, DateTimeOffset AcceptedAt, ImmutableArray<Recipient> Remaining, bool DelayNotified, ReturnRequest? Return)
{
    /// <summary>True where no recipient is left.</summary>
    public bool IsFinished => Remaining.IsEmpty;
}

/// <summary>A ref and the time of its next attempt.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Due">The time.</param>
public readonly record struct ScheduledRef(RefId Id, DateTimeOffset Due);

/// <summary>A ref handed out for an attempt.</summary>
/// <param name="Ref">The ref.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
public readonly record struct TakenRef(QueuedRef Ref, int Attempt);

/// <summary>Refs that an operator's order wanted.</summary>
/// <param name="Held">They are withheld.</param>
/// <param name="Gone">They ended before they could be, or are not known.</param>
/// <param name="Notified">Those of the withheld whose senders have been told of a delay.</param>
public sealed record WithheldRefs(ImmutableArray<RefId> Held, ImmutableArray<RefId> Gone, ImmutableArray<RefId> Notified);
