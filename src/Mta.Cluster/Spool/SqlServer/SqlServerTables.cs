using System.Data;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool.Commit;
using Mta.Queueing;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>
/// The tables on SQL Server, in plain T-SQL: rows travel as a <c>VALUES</c> list of parameters, in portions (<see cref="RowPortions"/>). No lock hints, which
/// not every server of this protocol honours: where a row must stay as it is, it is updated.
/// </summary>
internal sealed class SqlServerTables(SqlConnection connection, int commandTimeoutSeconds) : ISpoolTables
{
    private const string OnKey = " ON r.id = u.id AND r.ordinal = u.ordinal AND r.partition_no = u.partition_no";

    /// <summary>The transaction under way.</summary>
    public SqlTransaction? Transaction { get; set; }

    public async ValueTask<long> RaiseEpochAsync(int partition, string owner, long now)
    {
        using var raise = Command(
            "UPDATE partition_epoch SET epoch = epoch + 1, owner = @w, raised_at = @t OUTPUT inserted.epoch WHERE partition_no = @p");
        AddOwner(raise, partition, owner, now);
        if (await raise.ExecuteScalarAsync().ConfigureAwait(false) is long epoch)
            return epoch;
        // Where two owners insert at once, one fails on the key and comes again by the update.
        using var first = Command(
            "INSERT INTO partition_epoch (partition_no, epoch, owner, raised_at, settlements) VALUES (@p, 1, @w, @t, 0)");
        AddOwner(first, partition, owner, now);
        await first.ExecuteNonQueryAsync().ConfigureAwait(false);
        return 1;
    }

    public async ValueTask LockEpochsAsync(IReadOnlyCollection<int> partitions, Dictionary<int, long> epochs)
    {
        foreach (var portion in RowPortions.Of([.. partitions.Order()], 1))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, partition) => row.Int(partition));
            // The update holds the rows against a new owner until this transaction ends.
            command.CommandText =
                $"UPDATE e SET settlements = settlements + 1 FROM partition_epoch e JOIN (VALUES {list}) AS u(partition_no) ON e.partition_no = u.partition_no;"
                + $" SELECT e.partition_no, e.epoch FROM partition_epoch e JOIN (VALUES {list}) AS u(partition_no) ON e.partition_no = u.partition_no";
            using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
            while (await row.ReadAsync().ConfigureAwait(false))
                epochs[row.GetInt32(0)] = row.GetInt64(1);
        }
    }

    public async ValueTask InsertChunksAsync(IReadOnlyList<ChunkRow> rows)
    {
        foreach (var portion in RowPortions.Of(rows, 3))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, c) => row.Id(c.Id).Int(c.Sequence).Blob(c.Bytes));
            command.CommandText =
                $"DELETE c FROM spool_chunk c JOIN (VALUES {list}) AS u(id, seq, bytes) ON c.id = u.id AND c.seq = u.seq;"
                + $" INSERT INTO spool_chunk (id, seq, bytes, confirmed) SELECT u.id, u.seq, u.bytes, 0 FROM (VALUES {list}) AS u(id, seq, bytes)";
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask<ChunkTotals> LockChunksAsync(MessageId id)
    {
        using var command = Command(
            "UPDATE spool_chunk SET confirmed = 1 WHERE id = @i;"
            + " SELECT COUNT(*), COALESCE(SUM(CAST(DATALENGTH(bytes) AS bigint)), 0) FROM spool_chunk WHERE id = @i");
        SqlServerDatabase.AddBinaryId(command, "@i", id);
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await row.ReadAsync().ConfigureAwait(false);
        return new ChunkTotals(row.GetInt32(0), row.GetInt64(1));
    }

    public async ValueTask<int> DiscardChunksAsync(IReadOnlyCollection<MessageId> ids)
    {
        var rows = 0;
        foreach (var portion in RowPortions.Of([.. ids], 1))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, id) => row.Id(id));
            command.CommandText =
                $"DELETE c FROM spool_chunk c JOIN (VALUES {list}) AS u(id) ON c.id = u.id"
                + " WHERE NOT EXISTS (SELECT 1 FROM spool_message m WHERE m.id = c.id)";
            rows += await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        return rows;
    }

    public async ValueTask InsertMessagesAsync(IReadOnlyList<MessageRow> rows, HashSet<MessageId> stored)
    {
        foreach (var portion in RowPortions.Of(rows, 7))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, m) =>
                row.Id(m.Id).Long(m.AcceptedAt).Text(m.AcceptedBy).Long(m.Size).Int(m.ChunkCount).Blob(m.Envelope).Blob(m.Body));
            command.CommandText =
                "INSERT INTO spool_message (id, accepted_at, accepted_by, size, chunk_count, envelope, body) OUTPUT inserted.id"
                + " SELECT u.id, u.accepted_at, u.accepted_by, u.size, u.chunk_count, u.envelope, u.body"
                + $" FROM (VALUES {list}) AS u(id, accepted_at, accepted_by, size, chunk_count, envelope, body)"
                + " WHERE NOT EXISTS (SELECT 1 FROM spool_message m WHERE m.id = u.id)";
            await ReadIdsAsync(command, stored).ConfigureAwait(false);
        }
    }

    public async ValueTask InsertRefsAsync(IReadOnlyList<RefRow> rows)
    {
        foreach (var portion in RowPortions.Of(rows, 7))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, r) =>
                row.Id(r.Id.Message).Int(r.Id.Ordinal).Int(r.Partition).Text(r.Domain).Long(r.AcceptedAt).Text(r.AcceptedBy).Blob(r.Recipients));
            command.CommandText =
                "INSERT INTO spool_ref (id, ordinal, partition_no, domain, accepted_at, flags, accepted_by, recipients)"
                + " SELECT u.id, u.ordinal, u.partition_no, u.domain, u.accepted_at, 0, u.accepted_by, u.recipients"
                + $" FROM (VALUES {list}) AS u(id, ordinal, partition_no, domain, accepted_at, accepted_by, recipients)";
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DeleteRefsAsync(IReadOnlyList<RefKey> keys, HashSet<RefId> deleted)
    {
        foreach (var portion in RowPortions.Of(keys, 3))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, k) => row.Id(k.Id.Message).Int(k.Id.Ordinal).Int(k.Partition));
            command.CommandText =
                "DELETE r OUTPUT deleted.id, deleted.ordinal FROM spool_ref r"
                + $" JOIN (VALUES {list}) AS u(id, ordinal, partition_no)" + OnKey;
            await ReadRefsAsync(command, deleted).ConfigureAwait(false);
        }
    }

    public async ValueTask NarrowRefsAsync(IReadOnlyList<NarrowRow> rows, HashSet<RefId> changed)
    {
        foreach (var portion in RowPortions.Of(rows, 5))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, n) =>
                row.Id(n.Key.Id.Message).Int(n.Key.Id.Ordinal).Int(n.Key.Partition).Int(n.Flags).Blob(n.Recipients));
            command.CommandText =
                "UPDATE r SET flags = u.flags, recipients = u.recipients OUTPUT inserted.id, inserted.ordinal FROM spool_ref r"
                + $" JOIN (VALUES {list}) AS u(id, ordinal, partition_no, flags, recipients)" + OnKey
                + " WHERE r.flags <> u.flags OR r.recipients <> u.recipients";
            await ReadRefsAsync(command, changed).ConfigureAwait(false);
        }
    }

    public async ValueTask InsertAttemptsAsync(IReadOnlyList<AttemptRow> rows)
    {
        foreach (var portion in RowPortions.Of(rows, 6))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, a) =>
                row.Id(a.Key.Id.Message).Int(a.Key.Id.Ordinal).Int(a.Key.Partition).Int(a.Slot).Long(a.At).Blob(a.Record));
            const string names = "AS u(id, ordinal, partition_no, slot, at, record)";
            command.CommandText =
                $"DELETE a FROM spool_attempt a JOIN (VALUES {list}) {names} ON a.id = u.id AND a.ordinal = u.ordinal AND a.slot = u.slot;"
                + " INSERT INTO spool_attempt (id, ordinal, slot, at, record) SELECT u.id, u.ordinal, u.slot, u.at, u.record"
                + $" FROM (VALUES {list}) {names} JOIN spool_ref r" + OnKey;
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DeleteAttemptsAsync(IReadOnlyCollection<RefId> refs)
    {
        foreach (var portion in RowPortions.Of([.. refs], 2))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, id) => row.Id(id.Message).Int(id.Ordinal));
            command.CommandText =
                $"DELETE a FROM spool_attempt a JOIN (VALUES {list}) AS u(id, ordinal) ON a.id = u.id AND a.ordinal = u.ordinal";
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask InsertRecordsAsync(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        foreach (var portion in RowPortions.Of(records, 1))
        {
            using var command = Command("");
            command.CommandText = "INSERT INTO event_outbox (record) VALUES " + Values(command, portion, (row, r) => row.Blob(r));
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DeleteBodiesAsync(IReadOnlyCollection<MessageId> ids, HashSet<MessageId> deleted)
    {
        foreach (var portion in RowPortions.Of([.. ids], 1))
        {
            using var command = Command("");
            var list = Values(command, portion, (row, id) => row.Id(id));
            command.CommandText =
                $"DELETE m OUTPUT deleted.id FROM spool_message m JOIN (VALUES {list}) AS u(id) ON m.id = u.id"
                + " WHERE NOT EXISTS (SELECT 1 FROM spool_ref r WHERE r.id = m.id)";
            await ReadIdsAsync(command, deleted).ConfigureAwait(false);
            // The message row is gone where there was no ref left; elsewhere it keeps its chunks.
            await DiscardChunksAsync(portion).ConfigureAwait(false);
        }
    }

    public async ValueTask TouchAsync(long now)
    {
        using var command = Command(
            "UPDATE meta SET value = @v WHERE name = 'probed_at'; IF @@ROWCOUNT = 0 INSERT INTO meta (name, value) VALUES ('probed_at', @v)");
        command.Parameters.Add("@v", SqlDbType.NVarChar, 200).Value = now.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static string Values<T>(SqlCommand command, IReadOnlyList<T> rows, Action<ValueRow, T> write)
    {
        var list = new ValueRow(command);
        foreach (var row in rows)
        {
            list.Begin();
            write(list, row);
            list.End();
        }
        return list.ToString();
    }

    private static void AddOwner(SqlCommand command, int partition, string owner, long now)
    {
        command.Parameters.Add("@p", SqlDbType.Int).Value = partition;
        command.Parameters.Add("@w", SqlDbType.NVarChar, 255).Value = owner;
        command.Parameters.Add("@t", SqlDbType.BigInt).Value = now;
    }

    private static async ValueTask ReadIdsAsync(SqlCommand command, HashSet<MessageId> ids)
    {
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            ids.Add(SqlServerDatabase.ReadBinaryId(row, 0));
    }

    private static async ValueTask ReadRefsAsync(SqlCommand command, HashSet<RefId> refs)
    {
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            refs.Add(new RefId(SqlServerDatabase.ReadBinaryId(row, 0), row.GetInt32(1)));
    }

    private SqlCommand Command(string text)
    {
#pragma warning disable CA2100 // Constants and parameter names only.
        return new SqlCommand(text, connection, Transaction) { CommandTimeout = commandTimeoutSeconds };
#pragma warning restore CA2100
    }
}
