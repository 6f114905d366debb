using System.Data.Common;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Persistence;

/// <summary>The database that holds the queues' journal and snapshots.</summary>
/// <param name="Kind">Whose SQL it speaks.</param>
/// <param name="ConnectionString">How to reach it.</param>
public sealed record JournalDatabase(JournalDatabaseKind Kind, string ConnectionString)
{
    /// <summary>The file of an embedded journal, below the data directory.</summary>
    public const string FileName = "journal.db";

    /// <summary>The journal of a spool: in the same database; beside SQLite in a file of its own, so that each has its own writer.</summary>
    /// <param name="spool">Where the spool stands.</param>
    /// <param name="dataDirectory">The node's data directory.</param>
    public static JournalDatabase Beside(SpoolOptions spool, string dataDirectory) => spool.Database switch
    {
        SpoolDatabaseKind.Sqlite => Embedded(dataDirectory),
        SpoolDatabaseKind.PostgreSql => new(JournalDatabaseKind.PostgreSql, spool.ConnectionString),
        SpoolDatabaseKind.SqlServer => new(JournalDatabaseKind.SqlServer, spool.ConnectionString),
        _ => throw new ArgumentOutOfRangeException(nameof(spool), spool.Database, "unknown kind of database"),
    };

    /// <summary>Connects once: a journal that does not answer stops the start with a line, where the partitions would try again and again.</summary>
    /// <exception cref="IOException">The database does not answer, or is none.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        try
        {
            await JournalSetup.ConnectAsync(this, cancel).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            var where = Kind == JournalDatabaseKind.Sqlite ? $"the journal in {ConnectionString}" : "the journal's database";
            throw new IOException($"{where} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The embedded journal of a single node: a file in its data directory.</summary>
    public static JournalDatabase Embedded(string dataDirectory) =>
        new(JournalDatabaseKind.Sqlite, $"Data Source={Path.Combine(Path.GetFullPath(dataDirectory), FileName)}");
}

/// <summary>The databases that a journal can stand in.</summary>
public enum JournalDatabaseKind
{
    /// <summary>SQLite, embedded.</summary>
    Sqlite,

    /// <summary>PostgreSQL.</summary>
    PostgreSql,

    /// <summary>SQL Server.</summary>
    SqlServer,
}
