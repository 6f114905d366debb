using System.Data.Common;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using LinqToDB.Data;

namespace Mta.Cluster.Persistence;

/// <summary>Akka.Persistence.Sql on the journal's database: one code path, three dialects.</summary>
internal static class JournalSetup
{
    private const string JournalId = "akka.persistence.journal.sql";
    private const string SnapshotId = "akka.persistence.snapshot-store.sql";

    /// <summary>The plug-in's own defaults, which Akka does not find by itself.</summary>
    public static Config Defaults => SqlPersistence.DefaultConfiguration;

    /// <summary>The connections, as objects: a connection string with its password never becomes part of a configuration that may be printed.</summary>
    public static Setup Connections(JournalDatabase database)
    {
        var options = Options(database);
        var setup = new MultiDataOptionsSetup();
        setup.AddDataOptions(JournalId, options);
        setup.AddDataOptions(SnapshotId, options);
        return setup;
    }

    /// <summary>What differs between the dialects in Akka's settings.</summary>
    public static Config Settings(JournalDatabase database)
    {
        // Tables as the older plug-ins made them, so that a database of theirs goes on being served.
        var mapping = database.Kind switch
        {
            JournalDatabaseKind.Sqlite => "sqlite",
            JournalDatabaseKind.PostgreSql => "postgresql",
            _ => "sql-server",
        };
        // SQLite has one writer: one batch at a time, and the next gathers meanwhile.
        var parallelism = database.Kind == JournalDatabaseKind.Sqlite ? "1" : "3";
        return AkkaSettings.Of(
            (JournalId + ".table-mapping", mapping),
            (JournalId + ".parallelism", parallelism),
            (SnapshotId + ".table-mapping", mapping));
    }

    /// <summary>Connects, and asks for nothing.</summary>
    /// <exception cref="DbException">The database does not answer, or is none.</exception>
    public static async Task ConnectAsync(JournalDatabase database, CancellationToken cancel)
    {
        using var connection = new DataConnection(Options(database));
        await connection.ExecuteAsync("SELECT 1", cancel).ConfigureAwait(false);
    }

    private static DataOptions Options(JournalDatabase database) => database.Kind switch
    {
        JournalDatabaseKind.Sqlite => new DataOptions()
            .UseConnectionString(ProviderName.SQLiteMS, database.ConnectionString)
            .UseAfterConnectionOpened(MakeDurable, MakeDurableAsync),
        JournalDatabaseKind.PostgreSql => new DataOptions().UseConnectionString(ProviderName.PostgreSQL15, database.ConnectionString),
        JournalDatabaseKind.SqlServer => new DataOptions().UseConnectionString(ProviderName.SqlServer2019, database.ConnectionString),
        _ => throw new ArgumentOutOfRangeException(nameof(database), database.Kind, "unknown kind of database"),
    };

    /// <summary>A commit in WAL mode reaches the disk only with synchronous=FULL, which is a property of the connection, not of the file.</summary>
    private static void MakeDurable(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
        command.ExecuteNonQuery();
    }

    private static Task MakeDurableAsync(DbConnection connection, CancellationToken cancel)
    {
        // SQLite has no asynchronous calls: the driver's async methods block all the same.
        MakeDurable(connection);
        return Task.CompletedTask;
    }
}
