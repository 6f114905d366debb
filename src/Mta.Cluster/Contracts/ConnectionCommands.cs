using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Delivery;
using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>Domain queue → connection: deliver these, and report each by <see cref="DeliveryReport"/> to the sender. Empty: there was nothing.</summary>
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

/// <summary>Site → egress of a node: open a connection, and have it report to the site.</summary>
/// <param name="Site">The site.</param>
/// <param name="ConnectionId">The site's name for the connection; never used twice.</param>
/// <param name="Plan">Hosts, transport and TLS policy.</param>
/// <param name="Source">The egress source to connect from; empty for the node's default.</param>
/// <param name="ReplyTo">The site's actor: when it ends, the connection ends after its batch.</param>
public sealed record OpenConnection(
    string Site, long ConnectionId, DeliveryPlan Plan, string Source, IActorRef ReplyTo) : IWireMessage;

/// <summary>Site → connection: end in good order, after the batch in hand.</summary>
/// <param name="ConnectionId">The site's name for the connection.</param>
public sealed record CloseConnection(long ConnectionId) : IWireMessage;

/// <summary>Domain queue → connection: the report has arrived.</summary>
/// <param name="ReportId">The report's number.</param>
public sealed record ReportTaken(long ReportId) : IWireMessage;

/// <summary>
/// Site → egress of a node: end what an earlier owner of this site has left there, and say how many those connections are, by <see cref="ConnectionsLeft"/>: now, and whenever
/// one of them has ended.
/// </summary>
/// <param name="Site">The site.</param>
/// <param name="Census">The question's number, for the answer.</param>
/// <param name="ReplyTo">The site's actor: its own connections do not count.</param>
public sealed record CountConnections(string Site, long Census, IActorRef ReplyTo) : IWireMessage;
