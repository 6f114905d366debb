using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Numerics;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Leases;

/// <summary>The leases in the spool's database. Its own few connections: a lease does not wait behind mail.</summary>
internal sealed class SqlLeaseStore(LeaseDialect dialect) : ILeaseStore
{
    private const int Connections = 4;
    private const int MaxKeys = 512;

    /// <summary>The store in the spool's database.</summary>
    /// <param name="options">Which database.</param>
    /// <param name="dataDirectory">Where the SQLite file stands.</param>
    public static SqlLeaseStore Create(SpoolOptions options, string dataDirectory) => new(options.Database switch
    {
        SpoolDatabaseKind.Sqlite => new SqliteLeases(Path.GetFullPath(Path.Combine(dataDirectory, options.File)), options.CommandTimeout),
        SpoolDatabaseKind.PostgreSql => new PostgreSqlLeases(options, Connections),
        SpoolDatabaseKind.SqlServer => new SqlServerLeases(options, Connections),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Database, "Unknown database."),
    });

    public Task<long?> AcquireAsync(string name, string owner, TimeSpan time, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            using var command = Command(connection, dialect.Acquire);
            Add(command, "@name", name);
            Add(command, "@owner", owner);
            Add(command, "@time", time.Ticks);
            try
            {
                return await FirstAsync(command, cancel).ConfigureAwait(false);
            }
            catch (DbException error) when (dialect.IsTaken(error))
            {
                return null;
            }
        },
        cancel);

    public async Task<IReadOnlySet<string>> RenewAsync(
        string owner, IReadOnlyCollection<LeaseKey> leases, TimeSpan time, CancellationToken cancel)
    {
        var renewed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var portion in leases.Chunk(MaxKeys))
            await RunAsync(connection => RenewAsync(connection, owner, portion, time, renewed, cancel), cancel).ConfigureAwait(false);
        return renewed;
    }

    public Task ReleaseAsync(string owner, LeaseKey lease, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            using var command = Command(connection, LeaseDialect.Release);
            Add(command, "@name", lease.Name);
            Add(command, "@owner", owner);
            Add(command, "@version", lease.Version);
            return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        },
        cancel);

    public Task<LeaseRow?> ReadAsync(string name, CancellationToken cancel) => RunAsync(
        async connection =>
        {
            using var command = Command(connection, dialect.Read);
            Add(command, "@name", name);
            using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            return await row.ReadAsync(cancel).ConfigureAwait(false)
                ? new LeaseRow(row.GetString(0), row.GetInt64(1), TimeSpan.FromTicks(row.GetInt64(2)))
                : null;
        },
        cancel);

    public ValueTask DisposeAsync() => dialect.DisposeAsync();

    private async Task<T> RunAsync<T>(Func<DbConnection, Task<T>> run, CancellationToken cancel) => dialect.Blocks
        ? await Task.Run(() => ConnectAndRunAsync(run, cancel), cancel).ConfigureAwait(false)
        : await ConnectAndRunAsync(run, cancel).ConfigureAwait(false);

    private async Task<T> ConnectAndRunAsync<T>(Func<DbConnection, Task<T>> run, CancellationToken cancel)
    {
        var connection = dialect.CreateConnection();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancel).ConfigureAwait(false);
            return await run(connection).ConfigureAwait(false);
        }
    }

    private async Task<int> RenewAsync(
        DbConnection connection, string owner, LeaseKey[] leases, TimeSpan time, HashSet<string> renewed, CancellationToken cancel)
    {
        // The text varies with the count only in powers of two, for the sake of the statement caches; the last lease fills up.
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)leases.Length);
        using var command = Command(connection, dialect.Renew(count));
        Add(command, "@owner", owner);
        Add(command, "@time", time.Ticks);
        for (var i = 0; i < count; i++)
        {
            var lease = leases[Math.Min(i, leases.Length - 1)];
            Add(command, string.Create(CultureInfo.InvariantCulture, $"@n{i}"), lease.Name);
            Add(command, string.Create(CultureInfo.InvariantCulture, $"@v{i}"), lease.Version);
        }
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await row.ReadAsync(cancel).ConfigureAwait(false))
            renewed.Add(row.GetString(0));
        return renewed.Count;
    }

    // The first row of whichever of the command's results has one.
    private static async Task<long?> FirstAsync(DbCommand command, CancellationToken cancel)
    {
        using var row = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        do
        {
            if (await row.ReadAsync(cancel).ConfigureAwait(false))
                return row.GetInt64(0);
        }
        while (await row.NextResultAsync(cancel).ConfigureAwait(false));
        return null;
    }

    private static DbCommand Command(DbConnection connection, string text)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is made of constants and parameter names only.
        command.CommandText = text;
#pragma warning restore CA2100
        return command;
    }

    private static void Add(DbCommand command, string name, string value) => Add(command, name, DbType.String, value);

    private static void Add(DbCommand command, string name, long value) => Add(command, name, DbType.Int64, value);

    private static void Add(DbCommand command, string name, DbType type, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.DbType = type;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
