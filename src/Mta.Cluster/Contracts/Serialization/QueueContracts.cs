using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Cluster.Queues;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages to and from the partitions and their domain queues.</summary>
internal static class QueueContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<AnnounceRefs, PAnnounceRefs>(
            "announce-refs:1", PAnnounceRefs.Parser, Write, p => new AnnounceRefs(p.Partition, [.. p.Refs.Select(r => r.ToValue())])),
        Contract.Of<WakePartition, PWakePartition>(
            "wake-partition:1",
            PWakePartition.Parser,
            m => new PWakePartition { Partition = m.Partition },
            p => new WakePartition(p.Partition)),
        Contract.Of<PartitionAwake, PPartitionAwake>(
            "partition-awake:1",
            PPartitionAwake.Parser,
            m => new PPartitionAwake { Partition = m.Partition, Epoch = m.Epoch },
            p => new PartitionAwake(p.Partition, p.Epoch)),
        Contract.Of<ListQueues, PListQueues>(
            "list-queues:1",
            PListQueues.Parser,
            m => new PListQueues { Partition = m.Partition, Limit = m.Limit, Domain = m.Domain },
            p => new ListQueues(p.Partition, p.Limit, p.Domain)),
        Contract.Of<QueueListing, PQueueListing>("queue-listing:1", PQueueListing.Parser, Write, Read),
        Contract.Of<PullWork, PPullWork>("pull-work:1", PPullWork.Parser, Write, Read),
        Contract.Of<DeliverBatch, PDeliverBatch>("deliver-batch:1", PDeliverBatch.Parser, Write, Read),
        Contract.Of<DeliveryReport, PDeliveryReport>("delivery-report:1", PDeliveryReport.Parser, Write, Read),
        Contract.Of<SiteUnreachable, PSiteUnreachable>(
            "site-unreachable:1",
            PSiteUnreachable.Parser,
            m => new PSiteUnreachable
            {
                Partition = m.Partition,
                Queue = m.Queue.ToProto(),
                Site = m.Site,
                Reason = (int)m.Reason,
                Reply = m.Reply.ToProto(),
            },
            p => new SiteUnreachable(p.Partition, p.Queue.ToValue(), p.Site, (DeferralReason)p.Reason, p.Reply.ToValue())),
    ];

    private static PAnnounceRefs Write(AnnounceRefs m)
    {
        var p = new PAnnounceRefs { Partition = m.Partition };
        foreach (var r in m.Refs.OrEmpty())
            p.Refs.Add(r.ToProto());
        return p;
    }

    private static PQueueListing Write(QueueListing m)
    {
        var p = new PQueueListing
        {
            Partition = m.Partition,
            Queues = m.Totals.Queues,
            Ready = m.Totals.Ready,
            Deferred = m.Totals.Deferred,
            InFlight = m.Totals.InFlight,
        };
        foreach (var q in m.Queues.OrEmpty())
            p.Listed.Add(Write(q));
        return p;
    }

    private static PQueueStatus Write(QueueStatus q)
    {
        var p = new PQueueStatus
        {
            Queue = q.Queue.ToProto(),
            Ready = q.Ready,
            Deferred = q.Deferred,
            InFlight = q.InFlight,
            Site = q.Site,
            LastReply = q.LastReply,
            LastReason = (int)q.LastReason,
        };
        if (q.Oldest is { } oldest)
            p.Oldest = oldest.UtcTicks;
        if (q.NextDue is { } due)
            p.NextDue = due.UtcTicks;
        return p;
    }

    private static QueueListing Read(PQueueListing p) => new(
        p.Partition,
        new QueueTotals(p.Queues, p.Ready + p.Deferred + p.InFlight, p.Ready, p.Deferred, p.InFlight),
        [
            .. p.Listed.Select(q => new QueueStatus(
                q.Queue.ToValue(),
                p.Partition,
                q.Ready,
                q.Deferred,
                q.InFlight,
                q.HasOldest ? ValueMapping.ToTime(q.Oldest) : null,
                q.HasNextDue ? ValueMapping.ToTime(q.NextDue) : null,
                q.Site,
                q.LastReply,
                (DeferralReason)q.LastReason)),
        ]);

    private static PPullWork Write(PullWork m) => new()
    {
        Partition = m.Partition,
        Queue = m.Queue.ToProto(),
        Site = m.Site,
        PullId = m.PullId,
        Max = m.Max,
        Connection = ActorRefPaths.Write(m.Connection),
        ReplyTo = ActorRefPaths.Write(m.ReplyTo),
    };

    private static PullWork Read(PPullWork p, ActorRefPaths paths) => new(
        p.Partition, p.Queue.ToValue(), p.Site, p.PullId, p.Max, paths.Read(p.Connection), paths.Read(p.ReplyTo));

    private static PDeliverBatch Write(DeliverBatch m)
    {
        var p = new PDeliverBatch { Partition = m.Partition, Epoch = m.Epoch, Queue = m.Queue.ToProto(), PullId = m.PullId };
        foreach (var r in m.Refs.OrEmpty())
            p.Refs.Add(new PAttemptedRef { Ref = r.Ref.ToProto(), Attempt = r.Attempt });
        return p;
    }

    private static DeliverBatch Read(PDeliverBatch p) => new(
        p.Partition, p.Epoch, p.Queue.ToValue(), p.PullId, [.. p.Refs.Select(r => new AttemptedRef(r.Ref.ToValue(), r.Attempt))]);

    private static PDeliveryReport Write(DeliveryReport m)
    {
        var p = new PDeliveryReport { Partition = m.Partition, Queue = m.Queue.ToProto(), PullId = m.PullId };
        foreach (var r in m.Refs.OrEmpty())
            p.Refs.Add(OutcomeMapping.Write(r));
        return p;
    }

    private static DeliveryReport Read(PDeliveryReport p) => new(
        p.Partition, p.Queue.ToValue(), p.PullId, [.. p.Refs.Select(OutcomeMapping.Read)]);
}
