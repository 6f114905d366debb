using Mta.Cluster.Spool.Commit;
using Npgsql;

namespace Mta.Cluster.Spool.PostgreSql;

/// <summary>One connection that writes.</summary>
internal sealed class PostgreSqlWriter(NpgsqlDataSource source, int commandTimeoutSeconds) : ISpoolWriter, IPlainWriter
{
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private PostgreSqlTables? _tables;
    private PostgreSqlPipeline? _pipeline;

    public ISpoolTables Tables => _tables ?? throw new InvalidOperationException("No transaction has begun.");

    /// <summary>The open connection; for tests.</summary>
    internal NpgsqlConnection? Connection => _connection;

    public async ValueTask BeginAsync()
    {
        if (_connection is null)
            await ConnectAsync().ConfigureAwait(false);
        // Sent together with the first statement. Read committed: each statement sees what was committed before it, epochs too.
        _transaction = await _connection!.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted).ConfigureAwait(false);
    }

    public async ValueTask CommitAsync()
    {
        await _transaction!.CommitAsync().ConfigureAwait(false);
        await _transaction.DisposeAsync().ConfigureAwait(false);
        _transaction = null;
    }

    public async ValueTask CommitAsync(PlainBatch batch)
    {
        if (_connection is null)
            await ConnectAsync().ConfigureAwait(false);
        await _pipeline!.CommitAsync(batch).ConfigureAwait(false);
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

    private async ValueTask ConnectAsync()
    {
        _connection = await source.OpenConnectionAsync().ConfigureAwait(false);
        _tables = new PostgreSqlTables(_connection, commandTimeoutSeconds);
        _pipeline = new PostgreSqlPipeline(_connection, commandTimeoutSeconds);
        await SetUpAsync(_connection).ConfigureAwait(false);
    }

    // A role or database with synchronous_commit=off would acknowledge what a crash takes back. One with another isolation than read committed would show a statement of a
    // pipeline epochs as they were before they were locked.
    // Every statement of a writer names its rows by key. The planner knows little of tables that fill and empty all the time: sizes at the last look, and what is dead is not
    // counted; it then reads a table from end to end for each commit. So keys are looked up, one after the other, by a plan that is made once.
    private static async ValueTask SetUpAsync(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
            + " SELECT set_config('default_transaction_isolation', 'read committed', false), set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),"
            + " set_config('enable_mergejoin', 'off', false), set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false)",
            connection);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        var connection = _connection;
        _connection = null;
        _transaction = null;
        _tables = null;
        _pipeline = null;
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
