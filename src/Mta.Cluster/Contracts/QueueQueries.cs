using System.Collections.Immutable;
using Mta.Cluster.Queues;

namespace Mta.Cluster.Contracts;

/// <summary>Partition → keeper, in answer to <see cref="WakePartition"/>: recovered and at work.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">Its owner's epoch.</param>
public sealed record PartitionAwake(int Partition, long Epoch) : IWireMessage;

/// <summary>Management → partition: which queues hold mail. Answered by <see cref="QueueListing"/> once the partition is recovered.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Limit">At most so many queues, deepest first.</param>
/// <param name="Domain">Only the queues of this domain; empty for all.</param>
public sealed record ListQueues(int Partition, int Limit, string Domain) : IPartitionMessage;

/// <summary>Partition → management: its queues.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Totals">Totals over all queues of the partition.</param>
/// <param name="Queues">The queues asked for.</param>
public sealed record QueueListing(int Partition, QueueTotals Totals, ImmutableArray<QueueStatus> Queues) : IWireMessage;
