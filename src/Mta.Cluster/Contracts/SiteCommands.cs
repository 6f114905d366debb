using Akka.Actor;
using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>
/// Domain queue → site: so many refs are ready here. Sent when a queue gets work, when its plan changes, and again from time to time while
/// work stays ready, so that a site which was lost or moved learns of it. 0 withdraws the offer.
/// </summary>
/// <param name="Site">The site.</param>
/// <param name="Partition">The queue's partition.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Plan">How its mail leaves.</param>
/// <param name="Ready">Refs that are ready.</param>
/// <param name="Node">The node that accepted most of them, as <c>host:port</c>; empty where that is not known.</param>
public sealed record OfferWork(string Site, int Partition, QueueKey Queue, DeliveryPlan Plan, int Ready, string Node = "") : ISiteMessage;

/// <summary>Domain queue → site: the answer to a <see cref="PullWork"/>.</summary>
/// <param name="Site">The site.</param>
/// <param name="Queue">The queue.</param>
/// <param name="PullId">The pull.</param>
/// <param name="Count">Refs handed to the connection.</param>
/// <param name="Ready">Refs still ready.</param>
/// <param name="Node">The node that accepted most of those, as <c>host:port</c>; empty where that is not known.</param>
public sealed record WorkTaken(string Site, QueueKey Queue, long PullId, int Count, int Ready, string Node = "") : ISiteMessage;

/// <summary>Egress → site: the connection's actor lives, and will report for itself from now on.</summary>
/// <param name="Site">The site.</param>
/// <param name="ConnectionId">The connection, as the site named it in its <see cref="OpenConnection"/>.</param>
/// <param name="Connection">Its actor, to be watched.</param>
public sealed record ConnectionStarted(string Site, long ConnectionId, IActorRef Connection) : ISiteMessage;

/// <summary>Connection → site: open and ready for a batch, or ready for the next.</summary>
/// <param name="Site">The site.</param>
/// <param name="ConnectionId">The connection, as the site named it in its <see cref="OpenConnection"/>.</param>
/// <param name="Connection">Its actor.</param>
/// <param name="Delivered">Messages that it has carried so far.</param>
/// <param name="LastPullId">The pull whose batch it has just finished; 0 when it has just opened.</param>
public sealed record ConnectionReady(
    string Site, long ConnectionId, IActorRef Connection, int Delivered, long LastPullId) : ISiteMessage;

/// <summary>
/// Connection (or egress, where it cannot take one more) → site: it has ended, or never came to be. All refs that it held are reported by then.
/// </summary>
/// <param name="Site">The site.</param>
/// <param name="ConnectionId">The connection, as the site named it in its <see cref="OpenConnection"/>.</param>
/// <param name="Reason">Why it broke; <see cref="DeferralReason.None"/> for an end in good order.</param>
/// <param name="Reply">What the peer said, or we say for it; null for an end in good order.</param>
public sealed record ConnectionClosed(string Site, long ConnectionId, DeferralReason Reason, SmtpReply? Reply) : ISiteMessage;

/// <summary>Egress → site: so many connections of an earlier owner stand on the node.</summary>
/// <param name="Site">The site.</param>
/// <param name="Census">The question that is answered.</param>
/// <param name="Count">Connections.</param>
public sealed record ConnectionsLeft(string Site, long Census, int Count) : ISiteMessage;
