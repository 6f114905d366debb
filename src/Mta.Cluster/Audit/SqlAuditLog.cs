using System.Collections.Immutable;
using System.Data;
using System.Data.Common;
using Microsoft.Data.SqlClient;
using Mta.Cluster.Spool;
using Npgsql;

namespace Mta.Cluster.Audit;

/// <summary>The audit log in the table <c>audit_log</c>, which stands beside the spool's.</summary>
internal sealed class SqlAuditLog(AuditDialect dialect) : IAuditLog, IDisposable
{
    /// <summary>The log in the spool's database.</summary>
    public static SqlAuditLog Create(SpoolOptions options, string dataDirectory) => new(AuditDialect.Of(options, dataDirectory));

    /// <inheritdoc/>
    public Task<long> BeginAsync(AuditAction action, CancellationToken cancel) => RunAsync(
        dialect.Insert,
        command =>
        {
            Add(command, "@begun_at", action.At);
            Add(command, "@who", action.Who);
            Add(command, "@origin", action.Origin);
            Add(command, "@node_name", action.Node);
            Add(command, "@action_name", action.Action);
            Add(command, "@target", action.Target);
            Add(command, "@detail", action.Detail);
        },
        async command => (long)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!,
        cancel);

    /// <inheritdoc/>
    public Task EndAsync(long id, DateTimeOffset at, string outcome, CancellationToken cancel) => RunAsync(
        AuditDialect.End,
        command =>
        {
            Add(command, "@ended_at", at);
            Add(command, "@outcome", outcome);
            Add(command, "@seq", id);
        },
        command => command.ExecuteNonQueryAsync(cancel),
        cancel);

    /// <inheritdoc/>
    public Task<ImmutableArray<AuditEntry>> ListAsync(long? before, int limit, string who, string action, CancellationToken cancel) => RunAsync(
        dialect.List,
        command =>
        {
            Add(command, "@seq", before ?? long.MaxValue);
            Add(command, "@who", who);
            Add(command, "@action_name", action);
            Add(command, "@count", limit);
        },
        async command =>
        {
            var found = ImmutableArray.CreateBuilder<AuditEntry>();
            using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            while (await row.ReadAsync(cancel).ConfigureAwait(false))
                found.Add(Read(row));
            return found.ToImmutable();
        },
        cancel);

    /// <inheritdoc/>
    public Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancel) => RunAsync(
        AuditDialect.Forget, command => Add(command, "@begun_at", before), command => command.ExecuteNonQueryAsync(cancel), cancel);

    /// <summary>Closes the connections that are kept.</summary>
    public void Dispose()
    {
        using var connection = dialect.Connect();
        if (connection is NpgsqlConnection postgreSql)
            NpgsqlConnection.ClearPool(postgreSql);
        else if (connection is SqlConnection sqlServer)
            SqlConnection.ClearPool(sqlServer);
    }

    private async Task<T> RunAsync<T>(string text, Action<DbCommand> fill, Func<DbCommand, Task<T>> run, CancellationToken cancel)
    {
        try
        {
            return dialect.Blocks
                ? await Task.Run(() => ConnectAndRunAsync(text, fill, run, cancel), cancel).ConfigureAwait(false)
                : await ConnectAndRunAsync(text, fill, run, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or TimeoutException or IOException)
        {
            throw new AuditUnavailableException($"the audit log does not answer: {e.Message}", e);
        }
    }

    private async Task<T> ConnectAndRunAsync<T>(string text, Action<DbCommand> fill, Func<DbCommand, Task<T>> run, CancellationToken cancel)
    {
        var connection = dialect.Connect();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants only.
            command.CommandText = text;
#pragma warning restore CA2100
            fill(command);
            return await run(command).ConfigureAwait(false);
        }
    }

    private static AuditEntry Read(DbDataReader row) => new(
        row.GetInt64(0),
        new AuditAction(Time(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7)),
        row.GetInt64(8) == 0 ? null : Time(row.GetInt64(8)),
        row.GetString(9));

    private static DateTimeOffset Time(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static void Add(DbCommand command, string name, DateTimeOffset value) => Add(command, name, DbType.Int64, (value - DateTimeOffset.UnixEpoch).Ticks);

    private static void Add(DbCommand command, string name, long value) => Add(command, name, DbType.Int64, value);

    private static void Add(DbCommand command, string name, string value) => Add(command, name, DbType.String, value);

    private static void Add(DbCommand command, string name, DbType type, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.DbType = type;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
