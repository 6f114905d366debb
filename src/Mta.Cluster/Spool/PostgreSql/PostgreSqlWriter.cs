using Mta.Cluster.Spool.Commit;
using Npgsql;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>One connection that writes.</summary>
internal sealed class PostgreSqlWriter(NpgsqlDataSource source, int commandTimeoutSeconds) : ISpoolWriter
{
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private PostgreSqlTables? _tables;

    public ISpoolTables Tables => _tables ?? throw new InvalidOperationException("No transaction has begun.");

    /// <summary>The open connection; for tests.</summary>
    internal NpgsqlConnection? Connection => _connection;

    public async ValueTask BeginAsync()
    {
        if (_connection is null)
        {
            _connection = await source.OpenConnectionAsync().ConfigureAwait(false);
            _tables = new PostgreSqlTables(_connection, commandTimeoutSeconds);
            await DemandDurabilityAsync(_connection).ConfigureAwait(false);
        }
        // Sent together with the first statement. Read committed: each statement sees what was committed before it, epochs too.
        _transaction = await _connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted).ConfigureAwait(false);
    }

    public async ValueTask CommitAsync()
    {
        await _transaction!.CommitAsync().ConfigureAwait(false);
        await _transaction.DisposeAsync().ConfigureAwait(false);
        _transaction = null;
    }

    public async ValueTask AbandonAsync(bool dropConnection)
    {
        try
        {
            if (_transaction is not null && !dropConnection)
                await _transaction.RollbackAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            dropConnection = true;
        }
        if (dropConnection)
            await CloseAsync().ConfigureAwait(false);
        _transaction = null;
    }

    public ValueTask DisposeAsync() => CloseAsync();

    // A role or database with synchronous_commit=off would acknowledge what a crash takes back.
    private static async ValueTask DemandDurabilityAsync(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'", connection);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        var connection = _connection;
        _connection = null;
        _transaction = null;
        _tables = null;
        if (connection is null)
            return;
        try
        {
            // Never back into the pool: what failed once may be half alive.
            NpgsqlConnection.ClearPool(connection);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            // It is gone either way.
        }
    }
}
