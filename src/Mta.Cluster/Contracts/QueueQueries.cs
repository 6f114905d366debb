using System.Collections.Immutable;
using Mta.Cluster.Queues;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Contracts;

/// <summary>Partition → keeper, in answer to <see cref="WakePartition"/>: recovered and at work.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">Its owner's epoch.</param>
public sealed record PartitionAwake(int Partition, long Epoch) : IWireMessage;

/// <summary>
/// Partition → management, in answer to <see cref="ListQueues"/>, <see cref="ListSites"/> and <see cref="FindMessages"/>: it recovers, stops, searches much already, or its database does not answer.
/// The same question may be answered a moment later, here or by the partition's next owner.
/// </summary>
/// <param name="Partition">The partition.</param>
public sealed record AskAgain(int Partition) : IWireMessage;

/// <summary>Management → partition: which queues hold mail. Answered by <see cref="QueueListing"/> once the partition is recovered.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Query">Which, and in which order.</param>
public sealed record ListQueues(int Partition, QueueQuery Query) : IPartitionMessage;

/// <summary>Partition → management: its queues.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Totals">Totals over all queues of the partition.</param>
/// <param name="Queues">The queues asked for, in order.</param>
/// <param name="Count">How many fit, on all pages.</param>
public sealed record QueueListing(int Partition, QueueTotals Totals, ImmutableArray<QueueStatus> Queues, int Count = 0) : IWireMessage;
