using Mta.Cluster.Spool.Commit;
using Mta.Queueing;
using Npgsql;
using NpgsqlTypes;
using static Mta.Cluster.Spool.PostgreSql.Parameters;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>The tables on PostgreSQL.</summary>
internal sealed class PostgreSqlTables(NpgsqlConnection connection, int commandTimeoutSeconds) : ISpoolTables
{
    public async ValueTask<long> RaiseEpochAsync(int partition, string owner, long now)
    {
        using var command = Command(Statements.RaiseEpoch);
        command.Parameters.Add(NpgsqlDbType.Integer, partition);
        command.Parameters.Add(NpgsqlDbType.Text, owner);
        command.Parameters.Add(NpgsqlDbType.Bigint, now);
        return (long)(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    }

    public async ValueTask LockEpochsAsync(IReadOnlyCollection<int> partitions, Dictionary<int, long> epochs)
    {
        using var command = Command(Statements.LockEpochs);
        command.Parameters.Add(Integers, partitions.ToArray());
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            epochs[row.GetInt32(0)] = row.GetInt64(1);
    }

    public async ValueTask InsertChunksAsync(IReadOnlyList<ChunkRow> rows)
    {
        using var command = Command(Statements.InsertChunks);
        command.Parameters.Add(Uuids, Column(rows, r => r.Id.Value));
        command.Parameters.Add(Integers, Column(rows, r => r.Sequence));
        command.Parameters.Add(Blobs, Column(rows, r => r.Bytes));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask<ChunkTotals> LockChunksAsync(MessageId id)
    {
        using var command = Command(Statements.LockChunks);
        command.Parameters.Add(NpgsqlDbType.Uuid, id.Value);
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await row.ReadAsync().ConfigureAwait(false);
        return new ChunkTotals(row.GetInt32(0), row.GetInt64(1));
    }

    public async ValueTask<int> DiscardChunksAsync(IReadOnlyCollection<MessageId> ids)
    {
        using var command = Command(Statements.DiscardChunks);
        command.Parameters.Add(Uuids, ids.Select(i => i.Value).ToArray());
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask InsertMessagesAsync(IReadOnlyList<MessageRow> rows, HashSet<MessageId> stored)
    {
        using var command = Command(Statements.InsertNewMessages);
        command.Parameters.AddMessages(rows);
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            stored.Add(new MessageId(row.GetGuid(0)));
    }

    public async ValueTask InsertRefsAsync(IReadOnlyList<RefRow> rows)
    {
        using var command = Command(Statements.InsertRefs);
        command.Parameters.AddRefs(rows);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteRefsAsync(IReadOnlyList<RefKey> keys, HashSet<RefId> deleted)
    {
        using var command = Command(Statements.DeleteRefs);
        AddKeys(command, keys);
        await ReadRefsAsync(command, deleted).ConfigureAwait(false);
    }

    public async ValueTask NarrowRefsAsync(IReadOnlyList<NarrowRow> rows, HashSet<RefId> changed)
    {
        using var command = Command(Statements.NarrowRefs);
        AddKeys(command, Column(rows, r => r.Key));
        command.Parameters.Add(Integers, Column(rows, r => r.Flags));
        command.Parameters.Add(Blobs, Column(rows, r => r.Recipients));
        await ReadRefsAsync(command, changed).ConfigureAwait(false);
    }

    public async ValueTask InsertAttemptsAsync(IReadOnlyList<AttemptRow> rows)
    {
        using var command = Command(Statements.InsertAttempts);
        AddKeys(command, Column(rows, r => r.Key));
        command.Parameters.Add(Integers, Column(rows, r => r.Slot));
        command.Parameters.Add(Longs, Column(rows, r => r.At));
        command.Parameters.Add(Blobs, Column(rows, r => r.Record));
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteAttemptsAsync(IReadOnlyCollection<RefId> refs)
    {
        using var command = Command(Statements.DeleteAttempts);
        command.Parameters.Add(Uuids, refs.Select(r => r.Message.Value).ToArray());
        command.Parameters.Add(Integers, refs.Select(r => r.Ordinal).ToArray());
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask InsertRecordsAsync(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        using var command = Command(Statements.InsertRecords);
        command.Parameters.Add(Blobs, records.ToArray());
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public async ValueTask DeleteBodiesAsync(IReadOnlyCollection<MessageId> ids, HashSet<MessageId> deleted)
    {
        using var command = Command(Statements.DeleteBodies);
        command.Parameters.Add(Uuids, ids.Select(i => i.Value).ToArray());
        using var row = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await row.ReadAsync().ConfigureAwait(false))
            deleted.Add(new MessageId(row.GetGuid(0)));
    }

    public async ValueTask TouchAsync(long now)
    {
        using var command = Command(Statements.Touch);
        command.Parameters.Add(NpgsqlDbType.Text, now.ToString(System.Globalization.CultureInfo.InvariantCulture));
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
        command.Parameters.Add(Uuids, Column(keys, k => k.Id.Message.Value));
        command.Parameters.Add(Integers, Column(keys, k => k.Id.Ordinal));
        command.Parameters.Add(Integers, Column(keys, k => k.Partition));
    }

    private NpgsqlCommand Command(string text) => new(text, connection) { CommandTimeout = commandTimeoutSeconds };
}
