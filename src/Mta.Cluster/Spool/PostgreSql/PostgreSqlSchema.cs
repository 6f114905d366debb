using Mta.Cluster.Spool.Sql;
using Npgsql;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>Schema version 1 on PostgreSQL, in the first schema of the connection's search path.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>Held while the tables are created or checked, so that of several nodes that start at once one creates.</summary>
    private const long AdvisoryLock = 0x4D74615370303031;

    // Bodies are mail, often base64: compressing them costs more time than it saves space. Chunks never stay in the row.
    private const string Create = """
        CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE spool_message (
            id uuid PRIMARY KEY,
            accepted_at bigint NOT NULL,
            accepted_by text NOT NULL,
            size bigint NOT NULL,
            chunk_count integer NOT NULL,
            envelope bytea NOT NULL,
            body bytea);
        ALTER TABLE spool_message ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE TABLE spool_chunk (
            id uuid NOT NULL,
            seq integer NOT NULL,
            bytes bytea NOT NULL,
            PRIMARY KEY (id, seq));
        ALTER TABLE spool_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
        CREATE TABLE spool_ref (
            id uuid NOT NULL,
            ordinal integer NOT NULL,
            partition_no integer NOT NULL,
            domain text NOT NULL,
            accepted_at bigint NOT NULL,
            flags integer NOT NULL,
            accepted_by text NOT NULL,
            recipients bytea NOT NULL,
            PRIMARY KEY (id, ordinal));
        CREATE INDEX spool_ref_by_partition ON spool_ref (partition_no, accepted_at, id, ordinal);
        CREATE TABLE partition_epoch (
            partition_no integer PRIMARY KEY,
            epoch bigint NOT NULL,
            owner text NOT NULL,
            raised_at bigint NOT NULL);
        CREATE TABLE event_outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record bytea NOT NULL);
        CREATE TABLE lease (name text PRIMARY KEY, owner text NOT NULL, version bigint NOT NULL, expires bigint NOT NULL);
        """;

    // Came after the first databases of this version were made; a program that does not know the tables is not disturbed by them.
    private const string CreateLater = """
        CREATE TABLE audit_log (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            begun_at bigint NOT NULL,
            who text NOT NULL,
            origin text NOT NULL,
            node_name text NOT NULL,
            action_name text NOT NULL,
            target text NOT NULL,
            detail text NOT NULL,
            ended_at bigint NOT NULL,
            outcome text NOT NULL);
        """;

    private const string CreateAttempts = """
        CREATE TABLE spool_attempt (
            id uuid NOT NULL,
            ordinal integer NOT NULL,
            slot integer NOT NULL,
            at bigint NOT NULL,
            record bytea NOT NULL,
            PRIMARY KEY (id, ordinal, slot));
        """;

    /// <summary>Creates the tables where there are none, and checks them.</summary>
    public static async Task OpenAsync(NpgsqlDataSource source, string database, int partitions, CancellationToken cancel)
    {
        var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(" + AdvisoryLock + ")", cancel).ConfigureAwait(false);
        if (!await ExistsAsync(connection, "meta", cancel).ConfigureAwait(false))
        {
            await ExecuteAsync(connection, Create, cancel).ConfigureAwait(false);
            await InsertAsync(connection, SchemaCheck.VersionKey, SchemaCheck.Version, cancel).ConfigureAwait(false);
            await InsertAsync(connection, SchemaCheck.PartitionsKey, partitions, cancel).ConfigureAwait(false);
        }
        SchemaCheck.Verify(database, await ReadAsync(connection, cancel).ConfigureAwait(false), partitions);
        // Not IF NOT EXISTS, which wants the right to create in the schema even where the table is there.
        if (!await ExistsAsync(connection, "audit_log", cancel).ConfigureAwait(false))
            await ExecuteAsync(connection, CreateLater, cancel).ConfigureAwait(false);
        if (!await ExistsAsync(connection, "spool_attempt", cancel).ConfigureAwait(false))
            await ExecuteAsync(connection, CreateAttempts, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancel)
    {
        using var exists = new NpgsqlCommand("SELECT to_regclass($1) IS NOT NULL", connection);
        exists.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        return (bool)(await exists.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancel)
    {
#pragma warning disable CA2100 // Constants only.
        using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, string name, int value, CancellationToken cancel)
    {
        using var command = new NpgsqlCommand("INSERT INTO meta (name, value) VALUES ($1, $2)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = SchemaCheck.Text(value) });
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        using var command = new NpgsqlCommand("SELECT name, value FROM meta", connection);
        var meta = new Dictionary<string, string>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
            meta[row.GetString(0)] = row.GetString(1);
        return meta;
    }
}
