using Mta.Cluster.Persistence;
using Mta.Cluster.Spool;
using Mta.Node.Configuration;

namespace Mta.Node.Start;

/// <summary>Where the mail is kept.</summary>
internal static class DatabaseReport
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(NodeConfiguration options)
    {
        string directory = Path.GetFullPath(options.Node.DataDirectory);
        yield return options.Spool.Database == SpoolDatabaseKind.Sqlite
            ? $"sqlite: {Path.Combine(directory, options.Spool.File)} (spool), {Path.Combine(directory, JournalDatabase.FileName)} (journal)"
            : $"{ConfigPath.Spelling(options.Spool.Database.ToString())}: spool and journal in one database, by spool.connectionString";
        yield return $"{options.Queues.Partitions} partitions, fixed when the database is created";
    }
}
