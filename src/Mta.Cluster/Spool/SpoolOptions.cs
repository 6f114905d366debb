using System.ComponentModel.DataAnnotations;
using Mta.Cluster.Persistence;

namespace Mta.Cluster.Spool;

/// <summary>The database that holds messages and refs, and how writes to it are grouped.</summary>
public sealed class SpoolOptions : IOptionsCheck
{
    /// <summary>
    /// Which database: <c>sqlite</c> (a file below the data directory, for a single node), <c>postgreSql</c> or <c>sqlServer</c>
    /// (shared by all nodes of a cluster).
    /// </summary>
    public SpoolDatabaseKind Database { get; set; } = SpoolDatabaseKind.Sqlite;

    /// <summary>The ADO.NET connection string of PostgreSQL or SQL Server. Must be empty for SQLite.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>SQLite: the file's name, relative to the data directory.</summary>
    [Required]
    public string File { get; set; } = "spool.db";

    /// <summary>SQLite: the file grows to at most so many octets, after which new mail is refused for now; 0 is as large as the disk.</summary>
    [Range(0, 16L * 1024 * 1024 * 1024 * 1024)]
    public long FileLimitBytes { get; set; }

    /// <summary>
    /// PostgreSQL and SQL Server: connections that write, each with its own group commit. More of them make smaller commits, which cost more; they help where the
    /// database is far away or has many processors. SQLite always has one.
    /// </summary>
    [Range(1, 64)]
    public int WriterConnections { get; set; } = 1;

    /// <summary>Connections that read: recovery, reconcile, envelopes and bodies that are not in the cache.</summary>
    [Range(1, 256)]
    public int ReaderConnections { get; set; } = 8;

    /// <summary>At most so many accepts, settlements and chunks in one commit.</summary>
    [Range(1, 10_000)]
    public int CommitItems { get; set; } = 500;

    /// <summary>About so many octets of bodies in one commit; a single larger item is committed by itself.</summary>
    [Range(64 * 1024, 1024L * 1024 * 1024)]
    public long CommitBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How long a commit waits for company after its first item. 0 is right nearly always: while one commit is on its way to the disk, the
    /// next batch collects by itself.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitDelay { get; set; } = TimeSpan.Zero;

    /// <summary>At most so many writes waiting or under way; further ones wait until <see cref="WriteTimeout"/>.</summary>
    [Range(1, 1_000_000)]
    public int QueueItems { get; set; } = 10_000;

    /// <summary>At most so many octets of bodies waiting or under way; further writes wait until <see cref="WriteTimeout"/>.</summary>
    [Range(1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long QueueBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>How long a write may take, waiting included, before its caller is told that the spool is unavailable.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one statement may take; whole seconds count.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long opening a connection may take; whole seconds count.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a database that failed is asked whether it answers again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Memory for recently accepted bodies, so that a delivery at first try reads nothing from the database; 0 turns it off.</summary>
    [Range(0, 1024L * 1024 * 1024 * 1024)]
    public long CacheBytes { get; set; } = 64 * 1024 * 1024;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (ConnectionProblem() is { } connection)
            yield return new OptionProblem("connectionString", connection);
        if (Path.GetFileName(File) != File)
            yield return new OptionProblem("file", $"is '{File}'; expected is a file name without directories");
        if (File.Equals(JournalDatabase.FileName, StringComparison.OrdinalIgnoreCase))
            yield return new OptionProblem("file", $"'{File}' is the journal's file; expected is another name");
        if (QueueItems < CommitItems)
            yield return new OptionProblem("queueItems", $"is {QueueItems}; expected is at least commitItems ({CommitItems})");
    }

    private string? ConnectionProblem()
    {
        var isGiven = !string.IsNullOrWhiteSpace(ConnectionString);
        if (Database == SpoolDatabaseKind.Sqlite)
            return isGiven ? "is set, but database is sqlite, which takes a file; set database or remove it" : null;
        return isGiven ? ConnectionText.Problem(Database, ConnectionString) : $"is empty; {Database} needs one";
    }
}

/// <summary>The databases that the spool can stand in.</summary>
public enum SpoolDatabaseKind
{
    /// <summary>An embedded database in one file; for a single node.</summary>
    Sqlite = 0,

    /// <summary>PostgreSQL 13 or later.</summary>
    PostgreSql = 1,

    /// <summary>Microsoft SQL Server 2019 or later, or a server that speaks its protocol.</summary>
    SqlServer = 2,
}
