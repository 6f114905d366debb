using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages to and from the partitions and their domain queues.</summary>
internal static class QueueContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<AnnounceRefs, PAnnounceRefs>(
            "announce-refs:2", PAnnounceRefs.Parser, Write, p => new AnnounceRefs(p.Partition, [.. p.Refs.Select(r => r.ToValue())], p.Node)),
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
        .. ListingContracts.All,
        Contract.Of<PullWork, PPullWork>("pull-work:2", PPullWork.Parser, Write, Read),
        Contract.Of<DeliverBatch, PDeliverBatch>("deliver-batch:1", PDeliverBatch.Parser, Write, Read),
        Contract.Of<DeliveryReport, PDeliveryReport>("delivery-report:2", PDeliveryReport.Parser, Write, Read),
        Contract.Of<ReportTaken, PReportTaken>(
            "report-taken:1", PReportTaken.Parser, m => new PReportTaken { ReportId = m.ReportId }, p => new ReportTaken(p.ReportId)),
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
        var p = new PAnnounceRefs { Partition = m.Partition, Node = m.Node };
        foreach (var r in m.Refs.OrEmpty())
            p.Refs.Add(r.ToProto());
        return p;
    }

    private static PPullWork Write(PullWork m) => new()
    {
        Partition = m.Partition,
        Queue = m.Queue.ToProto(),
        Site = m.Site,
        PullId = m.PullId,
        Max = m.Max,
        Connection = ActorRefPaths.Write(m.Connection),
        ReplyTo = ActorRefPaths.Write(m.ReplyTo),
        Node = m.Node,
    };

    private static PullWork Read(PPullWork p, ActorRefPaths paths) => new(
        p.Partition, p.Queue.ToValue(), p.Site, p.PullId, p.Max, paths.Read(p.Connection), paths.Read(p.ReplyTo), p.Node);

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
        var p = new PDeliveryReport { Partition = m.Partition, Queue = m.Queue.ToProto(), PullId = m.PullId, ReportId = m.ReportId };
        foreach (var r in m.Refs.OrEmpty())
            p.Refs.Add(OutcomeMapping.Write(r));
        return p;
    }

    private static DeliveryReport Read(PDeliveryReport p) => new(
        p.Partition, p.Queue.ToValue(), p.PullId, [.. p.Refs.Select(OutcomeMapping.Read)], p.ReportId);
}
