using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages between sites, egress and connections.</summary>
internal static class SiteContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<OfferWork, POfferWork>(
            "offer-work:2",
            POfferWork.Parser,
            m => new POfferWork
            {
                Site = m.Site,
                Partition = m.Partition,
                Queue = m.Queue.ToProto(),
                Plan = m.Plan.ToProto(),
                Ready = m.Ready,
                Node = m.Node,
            },
            p => new OfferWork(p.Site, p.Partition, p.Queue.ToValue(), p.Plan.ToValue(), p.Ready, p.Node)),
        Contract.Of<WorkTaken, PWorkTaken>(
            "work-taken:2",
            PWorkTaken.Parser,
            m => new PWorkTaken { Site = m.Site, Queue = m.Queue.ToProto(), PullId = m.PullId, Count = m.Count, Ready = m.Ready, Node = m.Node },
            p => new WorkTaken(p.Site, p.Queue.ToValue(), p.PullId, p.Count, p.Ready, p.Node)),
        Contract.Of<ConnectionStarted, PConnectionStarted>(
            "connection-started:1",
            PConnectionStarted.Parser,
            m => new PConnectionStarted { Site = m.Site, ConnectionId = m.ConnectionId, Connection = ActorRefPaths.Write(m.Connection) },
            (p, paths) => new ConnectionStarted(p.Site, p.ConnectionId, paths.Read(p.Connection))),
        Contract.Of<ConnectionReady, PConnectionReady>(
            "connection-ready:1",
            PConnectionReady.Parser,
            m => new PConnectionReady
            {
                Site = m.Site,
                ConnectionId = m.ConnectionId,
                Connection = ActorRefPaths.Write(m.Connection),
                Delivered = m.Delivered,
                LastPullId = m.LastPullId,
            },
            (p, paths) => new ConnectionReady(p.Site, p.ConnectionId, paths.Read(p.Connection), p.Delivered, p.LastPullId)),
        Contract.Of<ConnectionClosed, PConnectionClosed>(
            "connection-closed:1",
            PConnectionClosed.Parser,
            m => new PConnectionClosed
            {
                Site = m.Site,
                ConnectionId = m.ConnectionId,
                Reason = (int)m.Reason,
                Reply = m.Reply?.ToProto(),
            },
            p => new ConnectionClosed(p.Site, p.ConnectionId, (DeferralReason)p.Reason, p.Reply is null ? null : p.Reply.ToValue())),
        Contract.Of<OpenConnection, POpenConnection>(
            "open-connection:1",
            POpenConnection.Parser,
            m => new POpenConnection
            {
                Site = m.Site,
                ConnectionId = m.ConnectionId,
                Plan = m.Plan.ToProto(),
                Source = m.Source,
                ReplyTo = ActorRefPaths.Write(m.ReplyTo),
            },
            (p, paths) => new OpenConnection(p.Site, p.ConnectionId, p.Plan.ToValue(), p.Source, paths.Read(p.ReplyTo))),
        Contract.Of<CloseConnection, PCloseConnection>(
            "close-connection:1",
            PCloseConnection.Parser,
            m => new PCloseConnection { ConnectionId = m.ConnectionId },
            p => new CloseConnection(p.ConnectionId)),
        Contract.Of<CountConnections, PCountConnections>(
            "count-connections:1",
            PCountConnections.Parser,
            m => new PCountConnections { Site = m.Site, Census = m.Census, ReplyTo = ActorRefPaths.Write(m.ReplyTo) },
            (p, paths) => new CountConnections(p.Site, p.Census, paths.Read(p.ReplyTo))),
        Contract.Of<ConnectionsLeft, PConnectionsLeft>(
            "connections-left:1",
            PConnectionsLeft.Parser,
            m => new PConnectionsLeft { Site = m.Site, Census = m.Census, Count = m.Count },
            p => new ConnectionsLeft(p.Site, p.Census, p.Count)),
    ];
}
