using Mta.Cluster.Spool.Search;
using Mta.Queueing;

namespace Mta.Cluster.Spool;

/// <summary>
/// The durable store of messages and refs: the truth of the system. All writes are group-committed: many callers, one transaction,
/// one fsync. A task that completes means that the commit has reached stable storage; a task that fails with
/// <see cref="SpoolUnavailableException"/> means that the outcome is that of a transaction which may or may not have
/// committed, and the caller may repeat it: accept and settle are idempotent by id. A settlement is repeated with the same content, else
/// its notifications may be stored twice; an accept is repeated only before the message has been announced.
/// </summary>
public interface ISpool
{
    /// <summary>Opens the database: creates the schema where there is none, checks its version and the number of partitions.</summary>
    /// <exception cref="SpoolSchemaException">The schema has another version or another number of partitions.</exception>
    /// <exception cref="SpoolUnavailableException">The database cannot be reached.</exception>
    Task OpenAsync(CancellationToken cancel);

    /// <summary>Stores a message with its refs. The spool takes its own reference on an inline body for its cache.</summary>
    /// <exception cref="SpoolUnavailableException">Nothing is known to be stored; the message must not be acknowledged.</exception>
    Task AcceptAsync(NewMessage message, CancellationToken cancel);

    /// <summary>Starts a body that is written in chunks while it arrives, before its message row exists.</summary>
    IChunkedBodyWriter WriteChunks(MessageId id);

    /// <summary>Carries out what a partition decided, in one transaction, if its epoch is the current one.</summary>
    /// <exception cref="SpoolUnavailableException">The outcome is unknown; repeating is harmless.</exception>
    Task<SettleResult> SettleAsync(Settlement settlement, CancellationToken cancel);

    /// <summary>Makes the caller the partition's owner: raises the epoch, after which settlements of older epochs are refused.</summary>
    Task<long> RaiseEpochAsync(int partition, string owner, CancellationToken cancel);

    /// <summary>Refs of one partition, oldest first, without recipients; all of them, or those accepted at or after a moment.</summary>
    IAsyncEnumerable<StoredRef> ReadRefsAsync(int partition, DateTimeOffset? acceptedFrom, CancellationToken cancel);

    /// <summary>
    /// One page of the refs of a partition that the database lets through, oldest first, after one of them: at most 2,000, and fewer only where these are the last. Whoever asks decides which of them are meant. A search waits
    /// for others on this node, and not for what mail needs, nor that for it.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">The database failed, or there are too many searches.</exception>
    Task<IReadOnlyList<SearchedRef>> SearchAsync(int partition, SearchCriteria criteria, StoredRef? after, CancellationToken cancel);

    /// <summary>
    /// The refs of all partitions that the envelope's criteria let through, with the partition of each; null where they are of more than <paramref name="most"/> messages. For criteria that have envelope parts.
    /// </summary>
    /// <exception cref="SpoolUnavailableException">The database failed, or there are too many searches.</exception>
    Task<ILookup<int, RefId>?> FindAsync(SearchCriteria criteria, int most, CancellationToken cancel);

    /// <summary>Refs with their envelopes, as deliveries need them. Ids that are not stored (any more) are missing in the answer.</summary>
    Task<IReadOnlyList<QueuedRef>> ReadEnvelopesAsync(int partition, IReadOnlyList<RefId> ids, CancellationToken cancel);

    /// <summary>Opens a body: from the cache of recently accepted bodies, else from the database. Null where there is none.</summary>
    ValueTask<IMessageBody?> OpenBodyAsync(MessageId id, CancellationToken cancel);

    /// <summary>Deletes what a lost node left behind: chunks without a message, messages without a ref, both older than <paramref name="olderThan"/>.</summary>
    Task<SweepResult> SweepAsync(TimeSpan olderThan, CancellationToken cancel);
}

/// <summary>A body on its way into the spool, chunk by chunk. Dispose without <see cref="CompleteAsync"/> discards what was written.</summary>
public interface IChunkedBodyWriter : IAsyncDisposable
{
    /// <summary>Stores the next chunk; when the task completes the buffer may be used again. At most one call at a time.</summary>
    /// <exception cref="SpoolUnavailableException">The chunk is not known to be stored.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancel);

    /// <summary>Ends the body; it may now be named by <see cref="NewMessage.Chunks"/>.</summary>
    Task<ChunkedBody> CompleteAsync(CancellationToken cancel);
}

/// <summary>A stored body, open for reading. Dispose it after use.</summary>
public interface IMessageBody : IAsyncDisposable
{
    /// <summary>The size in octets.</summary>
    long Size { get; }

    /// <summary>The body piece by piece; each piece is valid until the next is asked for.</summary>
    /// <exception cref="SpoolUnavailableException">The database failed under way.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancel);

    /// <summary>The whole body, where it is in memory anyway.</summary>
    bool TryGetMemory(out ReadOnlyMemory<byte> whole);
}
