using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool.Sql;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>Schema version 1 on SQLite.</summary>
/// <remarks>
/// <c>spool_ref</c> is keyed by message and ordinal, so that inserts go to the tree's end, and whether a message has refs left is one look; only the index by
/// partition scatters. Bodies stand in rowid tables: long rows in a table without rowid would overflow at a quarter page.
/// </remarks>
internal static class SqliteSchema
{
    private const string Create = """
        CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS spool_message (
            seq INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            accepted_at INTEGER NOT NULL,
            accepted_by TEXT NOT NULL,
            size INTEGER NOT NULL,
            chunk_count INTEGER NOT NULL,
            envelope BLOB NOT NULL,
            body BLOB);
        CREATE TABLE IF NOT EXISTS spool_chunk (
            id BLOB NOT NULL,
            seq INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            UNIQUE (id, seq));
        CREATE TABLE IF NOT EXISTS spool_ref (
            id BLOB NOT NULL,
            ordinal INTEGER NOT NULL,
            partition_no INTEGER NOT NULL,
            domain TEXT NOT NULL,
            accepted_at INTEGER NOT NULL,
            flags INTEGER NOT NULL,
            accepted_by TEXT NOT NULL,
            recipients BLOB NOT NULL,
            PRIMARY KEY (id, ordinal)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS spool_ref_by_partition ON spool_ref (partition_no, accepted_at, id, ordinal);
        CREATE TABLE IF NOT EXISTS partition_epoch (
            partition_no INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL,
            owner TEXT NOT NULL,
            raised_at INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS event_outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, record BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS lease (
            name TEXT NOT NULL PRIMARY KEY,
            owner TEXT NOT NULL,
            version INTEGER NOT NULL,
            expires INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // Came after the first databases of this version were made; a program that does not know the tables is not disturbed by them.
    private const string CreateLater = """
        CREATE TABLE IF NOT EXISTS audit_log (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            begun_at INTEGER NOT NULL,
            who TEXT NOT NULL,
            origin TEXT NOT NULL,
            node_name TEXT NOT NULL,
            action_name TEXT NOT NULL,
            target TEXT NOT NULL,
            detail TEXT NOT NULL,
            ended_at INTEGER NOT NULL,
            outcome TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS spool_attempt (
            id BLOB NOT NULL,
            ordinal INTEGER NOT NULL,
            slot INTEGER NOT NULL,
            at INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (id, ordinal, slot)) WITHOUT ROWID;
        """;

    /// <summary>Creates the tables where there are none, and checks them.</summary>
    public static void Open(SqliteConnection connection, string database, int partitions)
    {
        // An immediate transaction: of several that start at once, one creates and the others find it done.
        using var transaction = connection.BeginTransaction(deferred: false);
        if (!Exists(connection, transaction))
        {
            Execute(connection, transaction, Create);
            Insert(connection, transaction, SchemaCheck.VersionKey, SchemaCheck.Version);
            Insert(connection, transaction, SchemaCheck.PartitionsKey, partitions);
        }
        SchemaCheck.Verify(database, Read(connection, transaction), partitions);
        Execute(connection, transaction, CreateLater);
        transaction.Commit();
    }

    private static bool Exists(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'";
        return (long)command.ExecuteScalar()! != 0;
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string text)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // A constant.
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void Insert(SqliteConnection connection, SqliteTransaction transaction, string name, int value)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO meta (name, value) VALUES (@name, @value)";
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@value", SchemaCheck.Text(value));
        command.ExecuteNonQuery();
    }

    private static Dictionary<string, string> Read(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT name, value FROM meta";
        var meta = new Dictionary<string, string>();
        using var row = command.ExecuteReader();
        while (row.Read())
            meta[row.GetString(0)] = row.GetString(1);
        return meta;
    }
}
