using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool.Commit;
using Mta.Queueing;
using SQLitePCL;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>The tables on SQLite: one prepared statement per kind of row. There is one writer, so nothing needs a lock.</summary>
internal sealed class SqliteTables : ISpoolTables, IDisposable
{
    private readonly sqlite3 _database;
    private readonly List<SqliteStatement> _all = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _raiseEpoch;
    private readonly SqliteStatement _readEpoch;
    private readonly SqliteStatement _insertChunk;
    private readonly SqliteStatement _chunkTotals;
    private readonly SqliteStatement _deleteChunks;
    private readonly SqliteStatement _insertMessage;
    private readonly SqliteStatement _insertRef;
    private readonly SqliteStatement _deleteRef;
    private readonly SqliteStatement _narrowRef;
    private readonly SqliteStatement _insertAttempt;
    private readonly SqliteStatement _deleteAttempts;
    private readonly SqliteStatement _insertRecord;
    private readonly SqliteStatement _deleteMessage;
    private readonly SqliteStatement _discardChunks;
    private readonly SqliteStatement _touch;

    public SqliteTables(SqliteConnection connection)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _raiseEpoch = Prepare(
            "INSERT INTO partition_epoch (partition_no, epoch, owner, raised_at) VALUES (?1, 1, ?2, ?3)"
            + " ON CONFLICT (partition_no) DO UPDATE SET epoch = epoch + 1, owner = ?2, raised_at = ?3 RETURNING epoch");
        _readEpoch = Prepare("SELECT epoch FROM partition_epoch WHERE partition_no = ?1");
        _insertChunk = Prepare("INSERT OR REPLACE INTO spool_chunk (id, seq, bytes) VALUES (?1, ?2, ?3)");
        _chunkTotals = Prepare("SELECT COUNT(*), COALESCE(SUM(LENGTH(bytes)), 0) FROM spool_chunk WHERE id = ?1");
        _deleteChunks = Prepare("DELETE FROM spool_chunk WHERE id = ?1");
        _insertMessage = Prepare(
            "INSERT INTO spool_message (id, accepted_at, accepted_by, size, chunk_count, envelope, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
            + " ON CONFLICT (id) DO NOTHING");
        _insertRef = Prepare(
            "INSERT INTO spool_ref (id, ordinal, partition_no, domain, accepted_at, flags, accepted_by, recipients)"
            + " VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)");
        _deleteRef = Prepare("DELETE FROM spool_ref WHERE id = ?1 AND ordinal = ?2 AND partition_no = ?3");
        _narrowRef = Prepare(
            "UPDATE spool_ref SET flags = ?4, recipients = ?5 WHERE id = ?1 AND ordinal = ?2 AND partition_no = ?3"
            + " AND (flags <> ?4 OR recipients <> ?5)");
        _insertAttempt = Prepare(
            "INSERT OR REPLACE INTO spool_attempt (id, ordinal, slot, at, record) SELECT ?1, ?2, ?3, ?4, ?5"
            + " WHERE EXISTS (SELECT 1 FROM spool_ref WHERE id = ?1 AND ordinal = ?2 AND partition_no = ?6)");
        _deleteAttempts = Prepare("DELETE FROM spool_attempt WHERE id = ?1 AND ordinal = ?2");
        _insertRecord = Prepare("INSERT INTO event_outbox (record) VALUES (?1)");
        _deleteMessage = Prepare(
            "DELETE FROM spool_message WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM spool_ref WHERE id = ?1) RETURNING chunk_count");
        _discardChunks = Prepare(
            "DELETE FROM spool_chunk WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM spool_message WHERE id = ?1)");
        _touch = Prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('probed_at', ?1)");
    }

    /// <summary>Begins a transaction that may write.</summary>
    public void Begin() => _begin.Run();

    /// <summary>Commits; with <c>synchronous=FULL</c> the log has been synced when it returns.</summary>
    public void Commit() => _commit.Run();

    /// <summary>Rolls back, where SQLite has not done it by itself.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_database) == 0)
            _rollback.Run();
    }

    public ValueTask<long> RaiseEpochAsync(int partition, string owner, long now)
    {
        _raiseEpoch.Bind(partition).Bind(owner).Bind(now).Step();
        var epoch = _raiseEpoch.Int64(0);
        _raiseEpoch.Step();
        return new(epoch);
    }

    public ValueTask LockEpochsAsync(IReadOnlyCollection<int> partitions, Dictionary<int, long> epochs)
    {
        foreach (var partition in partitions)
        {
            _readEpoch.Bind(partition);
            while (_readEpoch.Step())
                epochs[partition] = _readEpoch.Int64(0);
        }
        return default;
    }

    public ValueTask InsertChunksAsync(IReadOnlyList<ChunkRow> rows)
    {
        foreach (var row in rows)
            _insertChunk.Bind(row.Id).Bind(row.Sequence).Bind(row.Bytes.Span).Run();
        return default;
    }

    public ValueTask<ChunkTotals> LockChunksAsync(MessageId id)
    {
        _chunkTotals.Bind(id).Step();
        var totals = new ChunkTotals((int)_chunkTotals.Int64(0), _chunkTotals.Int64(1));
        _chunkTotals.Step();
        return new(totals);
    }

    public ValueTask<int> DiscardChunksAsync(IReadOnlyCollection<MessageId> ids)
    {
        var rows = 0;
        foreach (var id in ids)
            rows += _discardChunks.Bind(id).Run();
        return new(rows);
    }

    public ValueTask InsertMessagesAsync(IReadOnlyList<MessageRow> rows, HashSet<MessageId> stored)
    {
        foreach (var row in rows)
        {
            _insertMessage.Bind(row.Id).Bind(row.AcceptedAt).Bind(row.AcceptedBy).Bind(row.Size).Bind(row.ChunkCount).Bind(row.Envelope);
            if (row.Body is { } body)
                _insertMessage.Bind(body.Span);
            else
                _insertMessage.BindNull();
            if (_insertMessage.Run() > 0)
                stored.Add(row.Id);
        }
        return default;
    }

    public ValueTask InsertRefsAsync(IReadOnlyList<RefRow> rows)
    {
        foreach (var row in rows)
        {
            _insertRef.Bind(row.Id.Message).Bind(row.Id.Ordinal).Bind(row.Partition).Bind(row.Domain)
                .Bind(row.AcceptedAt).Bind(row.AcceptedBy).Bind(row.Recipients).Run();
        }
        return default;
    }

    public ValueTask DeleteRefsAsync(IReadOnlyList<RefKey> keys, HashSet<RefId> deleted)
    {
        foreach (var key in keys)
        {
            if (_deleteRef.Bind(key.Id.Message).Bind(key.Id.Ordinal).Bind(key.Partition).Run() > 0)
                deleted.Add(key.Id);
        }
        return default;
    }

    public ValueTask NarrowRefsAsync(IReadOnlyList<NarrowRow> rows, HashSet<RefId> changed)
    {
        foreach (var (key, flags, recipients) in rows)
        {
            if (_narrowRef.Bind(key.Id.Message).Bind(key.Id.Ordinal).Bind(key.Partition).Bind(flags).Bind(recipients).Run() > 0)
                changed.Add(key.Id);
        }
        return default;
    }

    public ValueTask InsertAttemptsAsync(IReadOnlyList<AttemptRow> rows)
    {
        foreach (var (key, slot, at, record) in rows)
            _insertAttempt.Bind(key.Id.Message).Bind(key.Id.Ordinal).Bind(slot).Bind(at).Bind(record).Bind(key.Partition).Run();
        return default;
    }

    public ValueTask DeleteAttemptsAsync(IReadOnlyCollection<RefId> refs)
    {
        foreach (var id in refs)
            _deleteAttempts.Bind(id.Message).Bind(id.Ordinal).Run();
        return default;
    }

    public ValueTask InsertRecordsAsync(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        foreach (var record in records)
            _insertRecord.Bind(record.Span).Run();
        return default;
    }

    public ValueTask DeleteBodiesAsync(IReadOnlyCollection<MessageId> ids, HashSet<MessageId> deleted)
    {
        foreach (var id in ids)
            DeleteBody(id, deleted);
        return default;
    }

    public ValueTask TouchAsync(long now)
    {
        _touch.Bind(now).Run();
        return default;
    }

    public void Dispose()
    {
        foreach (var statement in _all)
            statement.Dispose();
    }

    private void DeleteBody(MessageId id, HashSet<MessageId> deleted)
    {
        var chunks = -1L;
        _deleteMessage.Bind(id);
        while (_deleteMessage.Step())
            chunks = _deleteMessage.Int64(0);
        if (chunks > 0)
            _deleteChunks.Bind(id).Run();
        if (chunks >= 0)
            deleted.Add(id);
    }

    private SqliteStatement Prepare(string text)
    {
        var statement = new SqliteStatement(_database, text);
        _all.Add(statement);
        return statement;
    }
}
