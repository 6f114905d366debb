using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Queueing;

namespace Mta.Cluster.Delivery.Connections;

/// <summary>
/// The refs that a connection was handed: those that wait, and the reports that are not sent yet. Reports are gathered while the connection is at work,
/// and sent before it waits for anything. They go straight to the queue that handed the batch out: the shard region brings nothing to a partition that is being
/// handed over, and that is when the partition waits for them.
/// </summary>
/// <param name="outbox">Brings them there.</param>
internal sealed class BatchWork(ReportOutbox outbox)
{
    private readonly Queue<WorkItem> _waiting = new();
    private readonly List<(DeliverBatch Batch, IActorRef From, RefReport Report)> _reports = [];

    /// <summary>The latest pull that was answered; 0 before the first.</summary>
    public long LastPullId { get; private set; }

    /// <summary>True where refs wait.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="from">The queue that handed it out.</param>
    public void Add(DeliverBatch batch, IActorRef from)
    {
        LastPullId = Math.Max(LastPullId, batch.PullId);
        foreach (var one in batch.Refs)
            _waiting.Enqueue(new WorkItem(batch, from, one.Ref));
    }

    /// <summary>The next ref.</summary>
    public bool TryTake(out WorkItem item) => _waiting.TryDequeue(out item);

    /// <summary>A ref has its outcomes.</summary>
    public void Report(in WorkItem item, ImmutableArray<RecipientOutcome> outcomes, DeliveryPeer? peer) =>
        _reports.Add((item.Batch, item.From, new RefReport(item.Ref.Id, outcomes, peer)));

    /// <summary>A ref goes back as it came.</summary>
    public void HandBack(in WorkItem item) => _reports.Add((item.Batch, item.From, new RefReport(item.Ref.Id, [], null)));

    /// <summary>All that wait go back.</summary>
    public void HandBackAll()
    {
        while (_waiting.TryDequeue(out var item))
            HandBack(item);
    }

    /// <summary>Sends what is to be reported.</summary>
    public void Flush()
    {
        for (var start = 0; start < _reports.Count;)
        {
            var (batch, from, _) = _reports[start];
            var refs = ImmutableArray.CreateBuilder<RefReport>();
            while (start < _reports.Count && ReferenceEquals(_reports[start].Batch, batch))
                refs.Add(_reports[start++].Report);
            outbox.Send(from, new DeliveryReport(batch.Partition, batch.Queue, batch.PullId, refs.DrainToImmutable()));
        }
        _reports.Clear();
    }
}

/// <summary>One ref of a batch.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="From">The queue that handed it out.</param>
/// <param name="Ref">The ref.</param>
internal readonly record struct WorkItem(DeliverBatch Batch, IActorRef From, QueuedRef Ref);
