using Mta.Cluster.Spool.Commit;
using Mta.Queueing;
using Npgsql;
using NpgsqlTypes;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>The tables on PostgreSQL: one statement for all rows of a kind, with an array for each column.</summary>
internal sealed class PostgreSqlTables(NpgsqlConnection connection, int commandTimeoutSeconds) : ISpoolTables
{
    private const NpgsqlDbType Uuids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    private const NpgsqlDbType Longs = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    private const NpgsqlDbType Integers = NpgsqlDbType.Array | NpgsqlDbType.Integer;
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private const NpgsqlDbType Blobs = NpgsqlDbType.Array | NpgsqlDbType.Bytea;

    // The row's lock is held to the end of the transaction; it waits for settlements that have read the old epoch.
    private const string RaiseEpoch =
        "INSERT INTO partition_epoch AS e (partition_no, epoch, owner, raised_at) VALUES ($1, 1, $2, $3)"
        + " ON CONFLICT (partition_no) DO UPDATE SET epoch = e.epoch + 1, owner = $2, raised_at = $3 RETURNING epoch";

    private const string LockEpochs =
        "SELECT partition_no, epoch FROM partition_epoch WHERE partition_no = ANY($1) ORDER BY partition_no FOR SHARE";

    private const string InsertChunks =
        "INSERT INTO spool_chunk (id, seq, bytes) SELECT * FROM unnest($1, $2, $3) ON CONFLICT (id, seq) DO UPDATE SET bytes = excluded.bytes";

    private const string LockChunks =
        "SELECT COUNT(*)::int, COALESCE(SUM(octet_length(c.bytes)), 0)::bigint"
        + " FROM (SELECT bytes FROM spool_chunk WHERE id = $1 FOR KEY SHARE) c";

    private const string DiscardChunks =
        "DELETE FROM spool_chunk c WHERE c.id = ANY($1) AND NOT EXISTS (SELECT 1 FROM spool_message m WHERE m.id = c.id)";

    private const string InsertMessages =
        "INSERT INTO spool_message (id, accepted_at, accepted_by, size, chunk_count, envelope, body)"
        + " SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING id";

    private const string InsertRefs =
        "INSERT INTO spool_ref (id, ordinal, partition_no, domain, accepted_at, flags, accepted_by, recipients)"
        + " SELECT u.id, u.ordinal, u.partition_no, u.domain, u.accepted_at, 0, u.accepted_by, u.recipients"
        + " FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u(id, ordinal, partition_no, domain, accepted_at, accepted_by, recipients)";

    private const string DeleteRefs =
        "DELETE FROM spool_ref r USING unnest($1, $2, $3) AS u(id, ordinal, partition_no)"
        + " WHERE r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no RETURNING r.id, r.ordinal";

    private const string NarrowRefs =
        "UPDATE spool_ref r SET flags = u.flags, recipients = u.recipients"
        + " FROM unnest($1, $2, $3, $4, $5) AS u(id, ordinal, partition_no, flags, recipients)"
        + " WHERE r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no"
        + " AND (r.flags <> u.flags OR r.recipients <> u.recipients) RETURNING r.id, r.ordinal";

    private const string InsertAttempts =
        "INSERT INTO spool_attempt (id, ordinal, slot, at, record) SELECT u.id, u.ordinal, u.slot, u.at, u.record"
        + " FROM unnest($1, $2, $3, $4, $5, $6) AS u(id, ordinal, partition_no, slot, at, record)"
        + " JOIN spool_ref r ON r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no"
        + " ON CONFLICT (id, ordinal, slot) DO UPDATE SET at = excluded.at, record = excluded.record";

    private const string DeleteAttempts =
        "DELETE FROM spool_attempt a USING unnest($1, $2) AS u(id, ordinal) WHERE a.id = u.id AND a.ordinal = u.ordinal";

    private const string InsertRecords = "INSERT INTO event_outbox (record) SELECT * FROM unnest($1)";

    private const string DeleteBodies =
        "WITH gone AS (DELETE FROM spool_message m WHERE m.id = ANY($1)"
        + " AND NOT EXISTS (SELECT 1 FROM spool_ref r WHERE r.id = m.id) RETURNING m.id, m.chunk_count),"
        + " chunks AS (DELETE FROM spool_chunk c USING gone WHERE c.id = gone.id AND gone.chunk_count > 0)"
        + " SELECT id FROM gone";

    private const string Touch =
        "INSERT INTO meta (name, value) VALUES ('probed_at', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    public async ValueTask<long> RaiseEpochAsync(int partition, string owner, long now)
    {
        using var command = Command(RaiseEpoch);
        Add(command, NpgsqlDbType.Integer, partition);
        Add(command, NpgsqlDbType.Text, owner);
        Add(command, NpgsqlDbType.Bigint, now);
        return (long)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    }

    public async ValueTask LockEpochsAsync(IReadOnlyCollection<int> partitions, Dictionary<int, long> epochs)
    {
        using var command = Command(LockEpochs);
        Add(command, Integers, partitions.ToArray());
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            epochs[row.GetInt32(0)] = row.GetInt64(1);
    }

    public async ValueTask InsertChunksAsync(IReadOnlyList<ChunkRow> rows)
    {
        using var command = Command(InsertChunks);
        Add(command, Uuids, Column(rows, r => r.Id.Value));
        Add(command, Integers, Column(rows, r => r.Sequence));
        Add(command, Blobs, Column(rows, r => r.Bytes));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask<ChunkTotals> LockChunksAsync(MessageId id)
    {
        using var command = Command(LockChunks);
        Add(command, NpgsqlDbType.Uuid, id.Value);
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await row.ReadAsync().ConfigureAwait(false);
        return new ChunkTotals(row.GetInt32(0), row.GetInt64(1));
    }

    public async ValueTask<int> DiscardChunksAsync(IReadOnlyCollection<MessageId> ids)
    {
        using var command = Command(DiscardChunks);
        Add(command, Uuids, ids.Select(i => i.Value).ToArray());
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask InsertMessagesAsync(IReadOnlyList<MessageRow> rows, HashSet<MessageId> stored)
    {
        using var command = Command(InsertMessages);
        Add(command, Uuids, Column(rows, r => r.Id.Value));
        Add(command, Longs, Column(rows, r => r.AcceptedAt));
        Add(command, Texts, Column(rows, r => r.AcceptedBy));
        Add(command, Longs, Column(rows, r => r.Size));
        Add(command, Integers, Column(rows, r => r.ChunkCount));
        Add(command, Blobs, Column(rows, r => r.Envelope));
        Add(command, Blobs, Column(rows, r => r.Body));
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            stored.Add(new MessageId(row.GetGuid(0)));
    }

    public async ValueTask InsertRefsAsync(IReadOnlyList<RefRow> rows)
    {
        using var command = Command(InsertRefs);
        Add(command, Uuids, Column(rows, r => r.Id.Message.Value));
        Add(command, Integers, Column(rows, r => r.Id.Ordinal));
        Add(command, Integers, Column(rows, r => r.Partition));
        Add(command, Texts, Column(rows, r => r.Domain));
        Add(command, Longs, Column(rows, r => r.AcceptedAt));
        Add(command, Texts, Column(rows, r => r.AcceptedBy));
        Add(command, Blobs, Column(rows, r => r.Recipients));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteRefsAsync(IReadOnlyList<RefKey> keys, HashSet<RefId> deleted)
    {
        using var command = Command(DeleteRefs);
        AddKeys(command, keys);
        await ReadRefsAsync(command, deleted).ConfigureAwait(false);
    }

    public async ValueTask NarrowRefsAsync(IReadOnlyList<NarrowRow> rows, HashSet<RefId> changed)
    {
        using var command = Command(NarrowRefs);
        AddKeys(command, Column(rows, r => r.Key));
        Add(command, Integers, Column(rows, r => r.Flags));
        Add(command, Blobs, Column(rows, r => r.Recipients));
        await ReadRefsAsync(command, changed).ConfigureAwait(false);
    }

    public async ValueTask InsertAttemptsAsync(IReadOnlyList<AttemptRow> rows)
    {
        using var command = Command(InsertAttempts);
        AddKeys(command, Column(rows, r => r.Key));
        Add(command, Integers, Column(rows, r => r.Slot));
        Add(command, Longs, Column(rows, r => r.At));
        Add(command, Blobs, Column(rows, r => r.Record));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteAttemptsAsync(IReadOnlyCollection<RefId> refs)
    {
        using var command = Command(DeleteAttempts);
        Add(command, Uuids, refs.Select(r => r.Message.Value).ToArray());
        Add(command, Integers, refs.Select(r => r.Ordinal).ToArray());
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask InsertRecordsAsync(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        using var command = Command(InsertRecords);
        Add(command, Blobs, records.ToArray());
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteBodiesAsync(IReadOnlyCollection<MessageId> ids, HashSet<MessageId> deleted)
    {
        using var command = Command(DeleteBodies);
        Add(command, Uuids, ids.Select(i => i.Value).ToArray());
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            deleted.Add(new MessageId(row.GetGuid(0)));
    }

    public async ValueTask TouchAsync(long now)
    {
        using var command = Command(Touch);
        Add(command, NpgsqlDbType.Text, now.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static async ValueTask ReadRefsAsync(NpgsqlCommand command, HashSet<RefId> refs)
    {
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            refs.Add(new RefId(new MessageId(row.GetGuid(0)), row.GetInt32(1)));
    }

    private static void AddKeys(NpgsqlCommand command, IReadOnlyList<RefKey> keys)
    {
        Add(command, Uuids, Column(keys, k => k.Id.Message.Value));
        Add(command, Integers, Column(keys, k => k.Id.Ordinal));
        Add(command, Integers, Column(keys, k => k.Partition));
    }

    private static TValue[] Column<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(rows[i]);
        return column;
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    private NpgsqlCommand Command(string text) => new(text, connection) { CommandTimeout = commandTimeoutSeconds };
}
