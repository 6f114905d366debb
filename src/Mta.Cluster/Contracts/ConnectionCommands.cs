using System.Collections.Immutable;
using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>Domain queue → connection: deliver these, and report each by <see cref="DeliveryReport"/>. Empty: there was nothing.</summary>
/// <param name="Partition">The queue's partition.</param>
/// <param name="Epoch">The epoch of the partition's owner, for logs.</param>
/// <param name="Queue">The queue.</param>
/// <param name="PullId">The pull that asked.</param>
/// <param name="Refs">The refs, with how often each was attempted before.</param>
public sealed record DeliverBatch(
    int Partition, long Epoch, QueueKey Queue, long PullId, ImmutableArray<AttemptedRef> Refs) : IWireMessage;

/// <summary>A ref handed out for an attempt.</summary>
/// <param name="Ref">The ref.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
public sealed record AttemptedRef(QueuedRef Ref, int Attempt);
