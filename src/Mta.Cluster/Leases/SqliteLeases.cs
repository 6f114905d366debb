using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Mta.Cluster.Leases;

/// <summary>Leases in a SQLite file: a single node takes none, but what runs on one database runs on all.</summary>
internal sealed class SqliteLeases(string path, TimeSpan commandTimeout) : UpsertDialect
{
    private readonly string _text = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWrite,
        DefaultTimeout = (int)Math.Ceiling(commandTimeout.TotalSeconds),
    }.ToString();

    public override bool Blocks => true;

    // Whole milliseconds. Rounded: the product of two that are exact may fall just below, and the cast would cut a millisecond off.
    protected override string Now => "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER) * 10000";

    public override DbConnection CreateConnection() => new SqliteConnection(_text);

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_text);
        SqliteConnection.ClearPool(connection);
        return default;
    }
}
