using Mta.Protocol.Smtp;

namespace Mta.Queueing;

/// <summary>A ref with all that a delivery needs but the body.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Queue">The domain queue that owns it.</param>
/// <param name="AcceptedAt">When the message was accepted.</param>
/// <param name="Envelope">The envelope, with the recipients of this ref that are not finished yet.</param>
/// <param name="Size">The message's size in octets.</param>
/// <param name="HasEightBit">True where the message has octets above 127.</param>
public sealed record QueuedRef(
    RefId Id, QueueKey Queue, DateTimeOffset AcceptedAt, Envelope Envelope, long Size, bool HasEightBit);
