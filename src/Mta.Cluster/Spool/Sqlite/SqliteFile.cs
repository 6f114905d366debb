using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>The database file and how connections to it are set up.</summary>
internal sealed class SqliteFile(string path, SpoolOptions options)
{
    /// <summary>
    /// Small pages: a commit writes whole pages, and the refs of one batch scatter over the partitions' places in their index.
    /// </summary>
    private const int PageSize = 4096;

    /// <summary>
    /// The log is copied into the file when it has so many octets. Most mail is settled within moments, so with a long log most pages
    /// are written to the file once, or never with their first content.
    /// </summary>
    private const int CheckpointBytes = 32 * 1024 * 1024;

    /// <summary>Pages of the writing connection's cache. Bodies pass through it and fill it, whatever its size; what it is there for are the inner pages of the indexes.</summary>
    private const int CacheBytes = 16 * 1024 * 1024;

    public string Path => path;

    /// <summary>A connection that writes; every commit on it is synced to the disk before it returns.</summary>
    /// <exception cref="SpoolUnavailableException">The file system cannot hold a write-ahead log.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = new SqliteConnection(Text(SqliteOpenMode.ReadWriteCreate, pooling: false));
        try
        {
            connection.Open();
            // The page size counts for a new file only, and only before the journal mode is set.
            Pragma(connection, "page_size", PageSize);
            Pragma(connection, "busy_timeout", (int)options.CommandTimeout.TotalMilliseconds);
            var mode = Query(connection, "PRAGMA journal_mode=WAL");
            if (mode != "wal")
                throw new SpoolUnavailableException($"SQLite file {path} cannot use a write-ahead log here (journal_mode is {mode}).");
            Pragma(connection, "synchronous", "FULL");
            Pragma(connection, "wal_autocheckpoint", CheckpointBytes / PageSize);
            Pragma(connection, "journal_size_limit", 2 * CheckpointBytes);
            Pragma(connection, "cache_size", -CacheBytes / 1024);
            Pragma(connection, "temp_store", "MEMORY");
            // With memory-mapped reads an error of the disk would be a signal that ends the process.
            Pragma(connection, "mmap_size", 0);
            if (options.FileLimitBytes > 0)
                Pragma(connection, "max_page_count", (int)Math.Min(int.MaxValue, options.FileLimitBytes / PageSize));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A pooled connection for reading, not opened yet.</summary>
    public DbConnection CreateReader() => new SqliteConnection(Text(SqliteOpenMode.ReadWrite, pooling: true));

    /// <summary>Closes the pooled connections.</summary>
    public void CloseReaders()
    {
        using var connection = (SqliteConnection)CreateReader();
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Runs a query of one value.</summary>
    public static string Query(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants and numbers only.
        command.CommandText = text;
#pragma warning restore CA2100
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? "";
    }

    private static void Pragma(SqliteConnection connection, string name, object value) =>
        Query(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA {name}={value}"));

    private string Text(SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Pooling = pooling,
        DefaultTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),
    }.ToString();
}
