using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Queues;

/// <summary>
/// Tells the partitions of refs that have been stored. What gathers for one partition while others are told goes in one message. Bounded: over the limit
/// hints are dropped, and the partition finds the refs by itself. Thread-safe.
/// </summary>
/// <param name="partitions">The partitions' shard region.</param>
/// <param name="count">How many partitions there are.</param>
/// <param name="limit">Refs that wait at most.</param>
internal sealed class HintOutbox(Func<IActorRef> partitions, int count, int limit)
{
    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, count).Select(i => new Bucket(i))];
    private int _waiting;

    /// <summary>Announces all refs of a stored message.</summary>
    /// <returns>False where some were dropped.</returns>
    public bool Announce(NewMessage message)
    {
        var whole = true;
        foreach (var draft in message.Refs)
            whole &= Announce(draft.Partition, RefOf(message, draft));
        return whole;
    }

    private static QueuedRef RefOf(NewMessage message, RefDraft draft)
    {
        var envelope = draft.Recipients == message.Envelope.Recipients
            ? message.Envelope
            : message.Envelope with { Recipients = draft.Recipients };
        return new QueuedRef(new RefId(message.Id, draft.Ordinal), draft.Queue, message.AcceptedAt, envelope, message.Size, message.HasEightBit);
    }

    private bool Announce(int partition, QueuedRef announced)
    {
        if (Interlocked.Increment(ref _waiting) > limit)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }
        var bucket = _buckets[partition];
        bool isFirst;
        lock (bucket)
        {
            isFirst = bucket.Refs.Count == 0;
            bucket.Refs.Add(announced);
        }
        // Sent from the pool's queue, behind the callers of the same commit, so that their refs go together.
        if (isFirst)
            ThreadPool.UnsafeQueueUserWorkItem(static work => work.Outbox.Send(work.Bucket), (Outbox: this, Bucket: bucket), preferLocal: false);
        return true;
    }

    private void Send(Bucket bucket)
    {
        ImmutableArray<QueuedRef> refs;
        lock (bucket)
        {
            refs = bucket.Refs.ToImmutable();
            bucket.Refs.Clear();
        }
        Interlocked.Add(ref _waiting, -refs.Length);
        partitions().Tell(new AnnounceRefs(bucket.Partition, refs), ActorRefs.NoSender);
    }

    private sealed class Bucket(int partition)
    {
        public int Partition { get; } = partition;

        public ImmutableArray<QueuedRef>.Builder Refs { get; } = ImmutableArray.CreateBuilder<QueuedRef>();
    }
}
