using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

/// <summary>The way in for every message, whatever brought it: split into refs, stored, announced to the partitions.</summary>
public interface IIntake
{
    /// <summary>False while the node is starting, draining, or cut off from its database: new mail gets a 4yz reply.</summary>
    bool IsOpen { get; }

    /// <summary>Starts a body that exceeds the inline threshold.</summary>
    IChunkedBodyWriter WriteChunks(MessageId id);

    /// <summary>Completes when the message is on stable storage.</summary>
    /// <exception cref="SpoolUnavailableException">The message is not known to be stored and must not be acknowledged.</exception>
    Task AcceptAsync(IncomingMessage message, CancellationToken cancel);
}

/// <summary>A message that has been received whole. Exactly one of <paramref name="Inline"/> and <paramref name="Chunks"/> is set.</summary>
/// <param name="Id">Its id, already named in its trace header.</param>
/// <param name="ArrivedAt">When its end arrived.</param>
/// <param name="Envelope">Its envelope.</param>
/// <param name="Inline">The body in memory, trace header included; the caller disposes its reference after the call.</param>
/// <param name="Chunks">The body already written in chunks.</param>
/// <param name="HasEightBit">True where the body has octets above 127.</param>
public sealed record IncomingMessage(
    MessageId Id, DateTimeOffset ArrivedAt, Envelope Envelope, BodyBuffer? Inline, ChunkedBody? Chunks, bool HasEightBit);
