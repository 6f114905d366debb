using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Spool;

/// <summary>A message to be stored. Exactly one of <paramref name="Inline"/> and <paramref name="Chunks"/> is set.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AcceptedAt">When it arrived.</param>
/// <param name="AcceptedBy">The node that accepted it.</param>
/// <param name="Envelope">Its envelope with all recipients.</param>
/// <param name="Inline">The body in memory; the caller keeps its reference until the accept has completed.</param>
/// <param name="Chunks">The body already written in chunks.</param>
/// <param name="HasEightBit">True where the body has octets above 127.</param>
/// <param name="Refs">One for each domain queue (and for each further hundred recipients of one domain), at least one.</param>
public sealed record NewMessage(
    MessageId Id,
    DateTimeOffset AcceptedAt,
    string AcceptedBy,
    Envelope Envelope,
    BodyBuffer? Inline,
    ChunkedBody? Chunks,
    bool HasEightBit,
    ImmutableArray<RefDraft> Refs)
{
    /// <summary>The body's size in octets.</summary>
    public long Size => Inline?.Length ?? Chunks!.Size;
}

/// <summary>A body that stands in the chunk table.</summary>
/// <param name="Count">How many chunks, numbered from 0.</param>
/// <param name="Size">Octets in all.</param>
public sealed record ChunkedBody(int Count, long Size);

/// <summary>A ref as recovery and reconcile read it: enough to queue it, no recipients.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Queue">Its domain queue.</param>
/// <param name="AcceptedAt">When its message was accepted, by the accepting node's clock.</param>
/// <param name="DelayNotified">A delay notification has been sent for it.</param>
public readonly record struct StoredRef(RefId Id, QueueKey Queue, DateTimeOffset AcceptedAt, bool DelayNotified);
