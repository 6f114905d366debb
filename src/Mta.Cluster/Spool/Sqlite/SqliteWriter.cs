using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool.Commit;

namespace Mta.Cluster.Spool.Sqlite;

/// <summary>The one connection that writes.</summary>
internal sealed class SqliteWriter(SqliteFile file) : ISpoolWriter
{
    private SqliteConnection? _connection;
    private SqliteTables? _tables;

    public ISpoolTables Tables => _tables ?? throw new InvalidOperationException("No transaction has begun.");

    /// <summary>The open connection; for tests.</summary>
    internal SqliteConnection? Connection => _connection;

    public ValueTask BeginAsync()
    {
        if (_tables is null)
            Connect();
        _tables!.Begin();
        return default;
    }

    public ValueTask CommitAsync()
    {
        _tables!.Commit();
        return default;
    }

    public ValueTask AbandonAsync(bool dropConnection)
    {
        try
        {
            _tables?.Rollback();
        }
        catch (SqliteException)
        {
            dropConnection = true;
        }
        if (dropConnection)
            Close();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return default;
    }

    private void Connect()
    {
        var connection = file.OpenWriter();
        try
        {
            _tables = new SqliteTables(connection);
            _connection = connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _tables?.Dispose();
        _tables = null;
        _connection?.Dispose();
        _connection = null;
    }
}
