namespace Mta.Cluster.Persistence;

/// <summary>The database that holds the queues' journal and snapshots.</summary>
/// <param name="Kind">Whose SQL it speaks.</param>
/// <param name="ConnectionString">How to reach it.</param>
public sealed record JournalDatabase(JournalDatabaseKind Kind, string ConnectionString)
{
    /// <summary>The embedded journal of a single node: <c>journal.db</c> in its data directory.</summary>
    public static JournalDatabase Embedded(string dataDirectory) =>
        new(JournalDatabaseKind.Sqlite, $"Data Source={Path.Combine(Path.GetFullPath(dataDirectory), "journal.db")}");
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
