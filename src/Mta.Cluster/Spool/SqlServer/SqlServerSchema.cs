using System.Data;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool.Sql;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>Schema version 1 on SQL Server, in the login's default schema.</summary>
/// <remarks><c>binary(16)</c> and not <c>uniqueidentifier</c>: the latter sorts by its last six bytes first, so that inserts would scatter.</remarks>
internal static class SqlServerSchema
{
    private const int Attempts = 8;

    private static readonly string[] Create =
    [
        "CREATE TABLE meta (name varchar(64) NOT NULL PRIMARY KEY, value nvarchar(200) NOT NULL)",
        """
        CREATE TABLE spool_message (
            id binary(16) NOT NULL PRIMARY KEY,
            accepted_at bigint NOT NULL,
            accepted_by nvarchar(400) NOT NULL,
            size bigint NOT NULL,
            chunk_count int NOT NULL,
            envelope varbinary(max) NOT NULL,
            body varbinary(max) NULL)
        """,
        """
        CREATE TABLE spool_chunk (
            id binary(16) NOT NULL,
            seq int NOT NULL,
            confirmed int NOT NULL,
            bytes varbinary(max) NOT NULL,
            PRIMARY KEY (id, seq))
        """,
        """
        CREATE TABLE spool_ref (
            id binary(16) NOT NULL,
            ordinal int NOT NULL,
            partition_no int NOT NULL,
            domain nvarchar(400) NOT NULL,
            accepted_at bigint NOT NULL,
            flags int NOT NULL,
            accepted_by nvarchar(400) NOT NULL,
            recipients varbinary(max) NOT NULL,
            PRIMARY KEY (id, ordinal))
        """,
        "CREATE INDEX spool_ref_by_partition ON spool_ref (partition_no, accepted_at, id, ordinal)",
        """
        CREATE TABLE partition_epoch (
            partition_no int NOT NULL PRIMARY KEY,
            epoch bigint NOT NULL,
            owner nvarchar(255) NOT NULL,
            raised_at bigint NOT NULL,
            settlements bigint NOT NULL)
        """,
        "CREATE TABLE event_outbox (seq bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY, record varbinary(max) NOT NULL)",
        """
        CREATE TABLE lease (
            name nvarchar(200) NOT NULL PRIMARY KEY,
            owner nvarchar(255) NOT NULL,
            version bigint NOT NULL,
            expires bigint NOT NULL)
        """,
    ];

    // Came after the first databases of this version were made; a program that does not know the tables is not disturbed by them.
    private const string CreateLater = """
        CREATE TABLE audit_log (
            seq bigint IDENTITY(1, 1) NOT NULL PRIMARY KEY,
            begun_at bigint NOT NULL,
            who nvarchar(200) NOT NULL,
            origin nvarchar(200) NOT NULL,
            node_name nvarchar(255) NOT NULL,
            action_name nvarchar(100) NOT NULL,
            target nvarchar(max) NOT NULL,
            detail nvarchar(max) NOT NULL,
            ended_at bigint NOT NULL,
            outcome nvarchar(max) NOT NULL)
        """;

    private const string CreateAttempts = """
        CREATE TABLE spool_attempt (
            id binary(16) NOT NULL,
            ordinal int NOT NULL,
            slot int NOT NULL,
            at bigint NOT NULL,
            record varbinary(max) NOT NULL,
            PRIMARY KEY (id, ordinal, slot))
        """;

    /// <summary>Creates the tables where there are none, and checks them.</summary>
    public static async Task OpenAsync(string connectionString, string database, int partitions, TimeProvider clock, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await CreateAndCheckAsync(connectionString, database, partitions, cancel).ConfigureAwait(false);
                return;
            }
            // 2714, 1913: another node creates the same tables at this moment; 2627, 1205: it filled them, or both were in each other's way.
            catch (SqlException error) when (attempt < Attempts && error.Number is 2714 or 1913 or 2627 or 1205)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), clock, cancel).ConfigureAwait(false);
            }
        }
    }

    private static async Task CreateAndCheckAsync(string connectionString, string database, int partitions, CancellationToken cancel)
    {
        var connection = new SqlConnection(connectionString);
        await using var _ = connection.ConfigureAwait(false);
        await connection.OpenAsync(cancel).ConfigureAwait(false);
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        if (!await ExistsAsync(connection, transaction, "meta", cancel).ConfigureAwait(false))
            await CreateAsync(connection, transaction, partitions, cancel).ConfigureAwait(false);
        SchemaCheck.Verify(database, await ReadAsync(connection, transaction, cancel).ConfigureAwait(false), partitions);
        if (!await ExistsAsync(connection, transaction, "audit_log", cancel).ConfigureAwait(false))
            await ExecuteAsync(connection, transaction, CreateLater, cancel).ConfigureAwait(false);
        if (!await ExistsAsync(connection, transaction, "spool_attempt", cancel).ConfigureAwait(false))
            await ExecuteAsync(connection, transaction, CreateAttempts, cancel).ConfigureAwait(false);
        await transaction.CommitAsync(cancel).ConfigureAwait(false);
    }

    private static async Task<bool> ExistsAsync(SqlConnection connection, SqlTransaction transaction, string table, CancellationToken cancel)
    {
        using var exists = new SqlCommand("SELECT OBJECT_ID(@table)", connection, transaction);
        exists.Parameters.Add("@table", SqlDbType.NVarChar, 200).Value = table;
        return await exists.ExecuteScalarAsync(cancel).ConfigureAwait(false) is not (null or DBNull);
    }

    private static async Task ExecuteAsync(SqlConnection connection, SqlTransaction transaction, string text, CancellationToken cancel)
    {
#pragma warning disable CA2100 // Constants only.
        using var command = new SqlCommand(text, connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static async Task CreateAsync(SqlConnection connection, SqlTransaction transaction, int partitions, CancellationToken cancel)
    {
        foreach (var text in Create)
            await ExecuteAsync(connection, transaction, text, cancel).ConfigureAwait(false);
        using var insert = new SqlCommand("INSERT INTO meta (name, value) VALUES (@n1, @v1), (@n2, @v2)", connection, transaction);
        insert.Parameters.Add("@n1", SqlDbType.VarChar, 64).Value = SchemaCheck.VersionKey;
        insert.Parameters.Add("@v1", SqlDbType.NVarChar, 200).Value = SchemaCheck.Text(SchemaCheck.Version);
        insert.Parameters.Add("@n2", SqlDbType.VarChar, 64).Value = SchemaCheck.PartitionsKey;
        insert.Parameters.Add("@v2", SqlDbType.NVarChar, 200).Value = SchemaCheck.Text(partitions);
        await insert.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(SqlConnection connection, SqlTransaction transaction, CancellationToken cancel)
    {
        using var command = new SqlCommand("SELECT name, value FROM meta", connection, transaction);
        var meta = new Dictionary<string, string>();
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
            meta[row.GetString(0)] = row.GetString(1);
        return meta;
    }
}
