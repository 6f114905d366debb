using System.Collections.Immutable;
using Mta.Queueing;

namespace Mta.Cluster.Spool.History;

/// <summary>
/// What the spool knows of a message besides its refs: when it came, and what attempts came to. Attempts are kept only of refs that were deferred, the last ones of each, and go with their ref; nothing
/// depends on them.
/// </summary>
public interface IMessageHistory
{
    /// <summary>When and by whom a message was accepted; null where it is not stored (any more).</summary>
    /// <exception cref="SpoolUnavailableException">The database does not answer.</exception>
    Task<StoredReception?> FindAsync(MessageId id, CancellationToken cancel);

    /// <summary>The attempts that are kept of a message's refs, oldest first; of very many the latest.</summary>
    /// <exception cref="SpoolUnavailableException">The database does not answer.</exception>
    Task<ImmutableArray<StoredAttempt>> ReadAsync(MessageId id, CancellationToken cancel);

    /// <summary>Opens the content of a message, header and body as they are stored; null where it is not stored (any more).</summary>
    /// <exception cref="SpoolUnavailableException">The database does not answer.</exception>
    Task<IMessageBody?> OpenContentAsync(MessageId id, CancellationToken cancel);

    /// <summary>
    /// Keeps attempts, if the epoch is the current one. An attempt of a ref that is not stored any more is left out; one that comes twice counts once; one takes the place of that which was made
    /// <see cref="AttemptBatch.Kept"/> attempts before.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">The outcome is unknown; repeating is harmless.</exception>
    Task<SettleResult> KeepAsync(AttemptBatch batch, CancellationToken cancel);
}

/// <summary>A message's reception.</summary>
/// <param name="AcceptedAt">When.</param>
/// <param name="AcceptedBy">By which node, by its host name.</param>
/// <param name="Size">Octets.</param>
public sealed record StoredReception(DateTimeOffset AcceptedAt, string AcceptedBy, long Size);

/// <summary>Attempts of one partition's refs.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Epoch">The epoch that its owner raised at its start.</param>
/// <param name="Kept">How many attempts of a ref are kept, at least 1.</param>
/// <param name="Attempts">The attempts, none of them twice.</param>
public sealed record AttemptBatch(int Partition, long Epoch, int Kept, ImmutableArray<EncodedAttempt> Attempts);

/// <summary>An attempt in the form in which it is stored.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="Record">The rest: <see cref="AttemptCodec"/>.</param>
public sealed record EncodedAttempt(RefId Id, int Attempt, DateTimeOffset At, byte[] Record);
