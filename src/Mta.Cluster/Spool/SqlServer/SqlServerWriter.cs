using System.Data;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool.Commit;

namespace Mta.Cluster.Spool.SqlServer;

/// <summary>One connection that writes.</summary>
internal sealed class SqlServerWriter(string connectionString, int commandTimeoutSeconds) : ISpoolWriter
{
    private SqlConnection? _connection;
    private SqlServerTables? _tables;

    public ISpoolTables Tables => _tables ?? throw new InvalidOperationException("No transaction has begun.");

    public async ValueTask BeginAsync()
    {
        if (_connection is null)
        {
            var connection = new SqlConnection(connectionString);
            try
            {
                await connection.OpenAsync().ConfigureAwait(false);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            _connection = connection;
            _tables = new SqlServerTables(connection, commandTimeoutSeconds);
        }
        _tables!.Transaction = (SqlTransaction)await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted).ConfigureAwait(false);
    }

    public async ValueTask CommitAsync()
    {
        var transaction = _tables!.Transaction!;
        await transaction.CommitAsync().ConfigureAwait(false);
        await transaction.DisposeAsync().ConfigureAwait(false);
        _tables.Transaction = null;
    }

    public async ValueTask AbandonAsync(bool dropConnection)
    {
        try
        {
            // A connection that is null here is one that the server has ended already, with the transaction.
            if (_tables?.Transaction is { Connection: not null } transaction && !dropConnection)
                await transaction.RollbackAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqlException or InvalidOperationException or IOException)
        {
            dropConnection = true;
        }
        if (_tables is not null)
            _tables.Transaction = null;
        if (dropConnection)
            await CloseAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask CloseAsync()
    {
        var connection = _connection;
        _connection = null;
        _tables = null;
        if (connection is not null)
            await connection.DisposeAsync().ConfigureAwait(false);
    }
}
