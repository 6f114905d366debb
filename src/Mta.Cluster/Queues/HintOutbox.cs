using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
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
/// <param name="node">The node's own name, for whoever delivers what it has accepted.</param>
internal sealed class HintOutbox(Func<IActorRef> partitions, int count, int limit, Func<string> node)
{
    // What nodes send each other has a largest size (akka.conf, maximum-frame-size); so many recipients, all of the greatest length, stay below it.
    private const int RecipientsAtOnce = 1000;

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
        var region = partitions();
        for (var start = 0; start < refs.Length;)
        {
            var end = EndOfPortion(refs, start);
            region.Tell(new AnnounceRefs(bucket.Partition, refs.Slice(start, end - start), node()), ActorRefs.NoSender);
            start = end;
        }
        Interlocked.Add(ref _waiting, -refs.Length);
    }

    private static int EndOfPortion(ImmutableArray<QueuedRef> refs, int start)
    {
        var (end, recipients) = (start, 0);
        do
            recipients += refs[end++].Envelope.Recipients.Length;
        while (end < refs.Length && recipients + refs[end].Envelope.Recipients.Length <= RecipientsAtOnce);
        return end;
    }

    private sealed class Bucket(int partition)
    {
        public int Partition { get; } = partition;

        public ImmutableArray<QueuedRef>.Builder Refs { get; } = ImmutableArray.CreateBuilder<QueuedRef>();
    }
}
