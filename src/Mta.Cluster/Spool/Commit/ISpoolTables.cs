using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>
/// The tables as one write transaction sees them: the port between the commit's order of work, which is the same everywhere, and the three
/// databases. Every method is called inside a transaction that <see cref="ISpoolWriter"/> began, and never with an empty list.
/// </summary>
internal interface ISpoolTables
{
    /// <summary>Raises a partition's epoch and returns the new one. Waits for transactions that hold the old one by <see cref="LockEpochsAsync"/>.</summary>
    ValueTask<long> RaiseEpochAsync(int partition, string owner, long now);

    /// <summary>The current epochs; none of them can be raised before this transaction ends. Partitions that have none are 0.</summary>
    ValueTask LockEpochsAsync(IReadOnlyCollection<int> partitions, Dictionary<int, long> epochs);

    /// <summary>Stores chunks; a chunk that is there already is replaced.</summary>
    ValueTask InsertChunksAsync(IReadOnlyList<ChunkRow> rows);

    /// <summary>What is stored of a message's chunks; they cannot be removed before this transaction ends.</summary>
    ValueTask<ChunkTotals> LockChunksAsync(MessageId id);

    /// <summary>Deletes the chunks of those of the ids that have no message row; returns how many rows.</summary>
    ValueTask<int> DiscardChunksAsync(IReadOnlyCollection<MessageId> ids);

    /// <summary>Stores messages, leaving out those that are there already, and adds the ids that were new to <paramref name="stored"/>.</summary>
    ValueTask InsertMessagesAsync(IReadOnlyList<MessageRow> rows, HashSet<MessageId> stored);

    /// <summary>Stores refs of messages that this transaction has stored.</summary>
    ValueTask InsertRefsAsync(IReadOnlyList<RefRow> rows);

    /// <summary>Deletes refs and adds those that were there to <paramref name="deleted"/>.</summary>
    ValueTask DeleteRefsAsync(IReadOnlyList<RefKey> keys, HashSet<RefId> deleted);

    /// <summary>Narrows refs and adds those that this changed to <paramref name="changed"/>. No two rows are of the same ref.</summary>
    ValueTask NarrowRefsAsync(IReadOnlyList<NarrowRow> rows, HashSet<RefId> changed);

    /// <summary>Stores attempts of those refs that are there; what stands in an attempt's slot is replaced. No two rows are of the same slot.</summary>
    ValueTask InsertAttemptsAsync(IReadOnlyList<AttemptRow> rows);

    /// <summary>Deletes all attempts of some refs.</summary>
    ValueTask DeleteAttemptsAsync(IReadOnlyCollection<RefId> refs);

    /// <summary>Appends delivery records.</summary>
    ValueTask InsertRecordsAsync(IReadOnlyList<ReadOnlyMemory<byte>> records);

    /// <summary>Deletes the messages of which no ref is left, with their chunks, and adds their ids to <paramref name="deleted"/>.</summary>
    ValueTask DeleteBodiesAsync(IReadOnlyCollection<MessageId> ids, HashSet<MessageId> deleted);

    /// <summary>Proves that a write can be committed.</summary>
    ValueTask TouchAsync(long now);
}

/// <summary>One connection that writes. Used by one commit loop, one call at a time.</summary>
internal interface ISpoolWriter : IAsyncDisposable
{
    /// <summary>The tables, valid from <see cref="BeginAsync"/> to the end of the transaction.</summary>
    ISpoolTables Tables { get; }

    /// <summary>Begins a transaction; connects first where there is no connection.</summary>
    ValueTask BeginAsync();

    /// <summary>Commits; when it returns, the transaction is on stable storage.</summary>
    ValueTask CommitAsync();

    /// <summary>Ends a failed transaction. Never throws; drops the connection where that is needed.</summary>
    ValueTask AbandonAsync(bool dropConnection);
}

/// <summary>A writer that commits the usual case in one round trip, without <see cref="ISpoolWriter.BeginAsync"/>.</summary>
internal interface IPlainWriter
{
    /// <summary>
    /// Commits a batch and notes in it what came of it; connects first where there is no connection. When it returns, the batch is on stable storage. It fails where one of the
    /// messages is there already. After a failure <see cref="ISpoolWriter.AbandonAsync"/> must follow.
    /// </summary>
    ValueTask CommitAsync(PlainBatch batch);
}
