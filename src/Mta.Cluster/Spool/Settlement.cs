using System.Collections.Immutable;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Spool;

/// <summary>What a partition wants changed in the spool, all or nothing.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">The epoch that its owner raised at its start.</param>
/// <param name="Finished">Refs that are delivered, bounced or withdrawn; a body goes with its last ref.</param>
/// <param name="Narrowed">Refs of which some recipients are finished, or whose delay has been notified.</param>
/// <param name="Returns">Notifications to be stored in the same transaction.</param>
/// <param name="Records">Delivery records for the configured event sink; empty where none is configured.</param>
public sealed record Settlement(
    int Partition,
    long Epoch,
    ImmutableArray<RefId> Finished,
    ImmutableArray<NarrowedRef> Narrowed,
    ImmutableArray<NewMessage> Returns,
    ImmutableArray<ReadOnlyMemory<byte>> Records)
{
    /// <summary>Those of the finished refs that were deferred before: their attempts are kept, and go with them.</summary>
    public ImmutableArray<RefId> Deferred { get; init; } = [];
}

/// <summary>A ref that stays with fewer recipients.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Recipients">The recipients that are not finished, at least one.</param>
/// <param name="DelayNotified">A delay notification has been sent for it.</param>
public sealed record NarrowedRef(RefId Id, ImmutableArray<Recipient> Recipients, bool DelayNotified);

/// <summary>What came of a settlement.</summary>
public enum SettleResult
{
    /// <summary>Done and on stable storage.</summary>
    Settled,

    /// <summary>A newer owner has raised the epoch; nothing was changed, and the caller must stop.</summary>
    Fenced,
}

/// <summary>What a sweep removed.</summary>
/// <param name="Chunks">Chunk rows without a message.</param>
/// <param name="Messages">Messages without a ref.</param>
/// <param name="Attempts">Refs that are gone and whose attempts were not.</param>
public readonly record struct SweepResult(int Chunks, int Messages, int Attempts = 0);

/// <summary>The database did not answer, refused, or broke off.</summary>
public sealed class SpoolUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database holds a schema that this program does not serve.</summary>
public sealed class SpoolSchemaException(string message) : Exception(message);
