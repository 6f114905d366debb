using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages to the sites.</summary>
internal static class SiteContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<OfferWork, POfferWork>(
            "offer-work:1",
            POfferWork.Parser,
            m => new POfferWork
            {
                Site = m.Site,
                Partition = m.Partition,
                Queue = m.Queue.ToProto(),
                Plan = m.Plan.ToProto(),
                Ready = m.Ready,
            },
            p => new OfferWork(p.Site, p.Partition, p.Queue.ToValue(), p.Plan.ToValue(), p.Ready)),
        Contract.Of<WorkTaken, PWorkTaken>(
            "work-taken:1",
            PWorkTaken.Parser,
            m => new PWorkTaken { Site = m.Site, Queue = m.Queue.ToProto(), PullId = m.PullId, Count = m.Count, Ready = m.Ready },
            p => new WorkTaken(p.Site, p.Queue.ToValue(), p.PullId, p.Count, p.Ready)),
        Contract.Of<ConnectionReady, PConnectionReady>(
            "connection-ready:1",
            PConnectionReady.Parser,
            m => new PConnectionReady { Site = m.Site, Connection = ActorRefPaths.Write(m.Connection), Delivered = m.Delivered },
            (p, paths) => new ConnectionReady(p.Site, paths.Read(p.Connection), p.Delivered)),
    ];
}
