using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Tests.Spool;

/// <summary>One database for one test, on which any number of spools are opened.</summary>
public abstract class SpoolHarness : IAsyncDisposable
{
    private readonly List<SqlSpool> _open = [];

    /// <summary>Options that name this harness's database.</summary>
    public abstract SpoolOptions Options();

    /// <summary>Where the SQLite file stands.</summary>
    public virtual string Directory => Path.GetTempPath();

    /// <summary>A connection below the spool, to look at rows.</summary>
    public abstract DbConnection Connect();

    internal SqlSpool Create(SpoolOptions? options = null, SpoolHealth? health = null, int partitions = Mail.Partitions, TimeProvider? clock = null)
    {
        var spool = SpoolRegistration.Create(
            options ?? Options(), Directory, partitions, health ?? new SpoolHealth(), NullLogger<SqlSpool>.Instance, clock ?? TimeProvider.System);
        _open.Add(spool);
        return spool;
    }

    internal async Task<SqlSpool> OpenAsync(SpoolOptions? options = null, SpoolHealth? health = null, TimeProvider? clock = null)
    {
        var spool = Create(options, health, clock: clock);
        await spool.OpenAsync(Xunit.TestContext.Current.CancellationToken);
        return spool;
    }

    public async Task<long> CountAsync(string table)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {table}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task ExecuteAsync(string text)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var spool in _open)
            await spool.DisposeAsync();
        await DropAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask DropAsync();
}
