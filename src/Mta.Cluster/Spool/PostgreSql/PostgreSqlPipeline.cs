using Mta.Cluster.Spool.Commit;
using Mta.Queueing;
using Npgsql;
using static Mta.Cluster.Spool.PostgreSql.Parameters;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>
/// A plain batch in one round trip. Statements that are sent together without a transaction around them are one to the server: it begins with the first and is committed where
/// the client's Sync stands, after the last; the answer to the Sync says that it is on stable storage (PostgreSQL, Frontend/Backend Protocol, Pipelining).
/// </summary>
internal sealed class PostgreSqlPipeline(NpgsqlConnection connection, int commandTimeoutSeconds)
{
    /// <summary>Commits the batch and notes in it what came of it.</summary>
    public async ValueTask CommitAsync(PlainBatch batch)
    {
        using var commands = new NpgsqlBatch(connection) { Timeout = commandTimeoutSeconds };
        var deleteRefs = AddSettlements(commands, batch);
        AddMessages(commands, batch);
        AddDeletions(commands, batch);
        await RunAsync(commands, batch).ConfigureAwait(false);
        batch.SettledRefs = deleteRefs is null ? 0 : (int)deleteRefs.RecordsAffected;
    }

    private static NpgsqlBatchCommand? AddSettlements(NpgsqlBatch commands, PlainBatch batch)
    {
        if (batch.Partitions.Count == 0)
            return null;
        Add(commands, Statements.LockEpochs).Add(Integers, batch.Partitions.ToArray());
        if (batch.Finished.Count == 0)
            return null;
        var parameters = Add(commands, Statements.DeleteRefsInEpoch);
        parameters.Add(Uuids, Column(batch.Finished, f => f.Key.Id.Message.Value));
        parameters.Add(Integers, Column(batch.Finished, f => f.Key.Id.Ordinal));
        parameters.Add(Integers, Column(batch.Finished, f => f.Key.Partition));
        parameters.Add(Longs, Column(batch.Finished, f => f.Epoch));
        return commands.BatchCommands[^1];
    }

    private static void AddMessages(NpgsqlBatch commands, PlainBatch batch)
    {
        if (batch.Messages.Count == 0)
            return;
        // One that is there already fails the batch, and the general order knows what to do with it.
        Add(commands, Statements.InsertMessages).AddMessages(batch.Messages);
        Add(commands, Statements.InsertRefs).AddRefs(batch.Refs);
    }

    private static void AddDeletions(NpgsqlBatch commands, PlainBatch batch)
    {
        if (batch.Candidates.Count > 0)
            Add(commands, Statements.DeleteBodies).Add(Uuids, Column(batch.Candidates, id => id.Value));
    }

    // Only statements that return rows have a result: the epochs first, where there are settlements, then the deleted messages. Behind the last one the reader waits for the answer
    // to the Sync, and throws where the commit itself failed.
    private static async ValueTask RunAsync(NpgsqlBatch commands, PlainBatch batch)
    {
        using var row = await commands.ExecuteReaderAsync().ConfigureAwait(false);
        if (batch.Partitions.Count > 0)
        {
            while (await row.ReadAsync().ConfigureAwait(false))
                batch.SetEpoch(row.GetInt32(0), row.GetInt64(1));
            await row.NextResultAsync().ConfigureAwait(false);
        }
        while (await row.ReadAsync().ConfigureAwait(false))
            batch.Deleted.Add(new MessageId(row.GetGuid(0)));
        await row.NextResultAsync().ConfigureAwait(false);
    }

    private static NpgsqlParameterCollection Add(NpgsqlBatch commands, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        commands.BatchCommands.Add(command);
        return command.Parameters;
    }
}
