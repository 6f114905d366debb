using Akka.Actor;
using Mta.Cluster.Delivery;
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
public sealed record OfferWork(string Site, int Partition, QueueKey Queue, DeliveryPlan Plan, int Ready) : ISiteMessage;

/// <summary>Domain queue → site: the answer to a <see cref="PullWork"/>.</summary>
/// <param name="Site">The site.</param>
/// <param name="Queue">The queue.</param>
/// <param name="PullId">The pull.</param>
/// <param name="Count">Refs handed to the connection.</param>
/// <param name="Ready">Refs still ready.</param>
public sealed record WorkTaken(string Site, QueueKey Queue, long PullId, int Count, int Ready) : ISiteMessage;

/// <summary>Connection → site: open and ready for a batch, or ready for the next.</summary>
/// <param name="Site">The site.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Delivered">Messages that it has carried so far.</param>
public sealed record ConnectionReady(string Site, IActorRef Connection, int Delivered) : ISiteMessage;
