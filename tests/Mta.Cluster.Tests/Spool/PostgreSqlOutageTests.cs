using Mta.Cluster.Spool;
using Mta.Tests.Shared;
using Npgsql;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What happens when the PostgreSQL server goes away or hangs; on a server of its own.</summary>
[Collection("postgres outage")]
public sealed class PostgreSqlOutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_stops_fails_writes_quickly_and_one_that_returns_is_used_again()
    {
        await using var server = await StartAsync();
        await using var harness = await PostgreSqlHarness.CreateAsync(server.ConnectionString);
        var health = new SpoolHealth();
        var spool = await harness.OpenAsync(Options(harness), health);
        var before = Mail.Message();
        await spool.AcceptAsync(before);
        await server.StopAsync();

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Record.ExceptionAsync(() => spool.AcceptAsync(Mail.Message(), Cancel)).AsTask()));
        Assert.All(failures, f => Assert.IsType<SpoolUnavailableException>(f));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.False(health.IsAvailable);
        await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.RefsAsync(0));

        var back = new TaskCompletionSource();
        health.Changed += available => { if (available) back.TrySetResult(); };
        await server.StartAgainAsync();
        await back.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        var after = Enumerable.Range(0, 20).Select(_ => Mail.Message()).ToList();
        foreach (var message in after)
            await AcceptUntilStoredAsync(spool, message);
        var stored = (await spool.RefsAsync(0)).Select(r => r.Id).ToHashSet();
        Assert.Contains(before.Ref(), stored);
        Assert.All(after, m => Assert.Contains(m.Ref(), stored));
    }

    [Fact]
    public async Task A_server_that_hangs_fails_writes_within_the_time_limit_and_recovers()
    {
        await using var server = await StartAsync();
        await using var harness = await PostgreSqlHarness.CreateAsync(server.ConnectionString);
        var health = new SpoolHealth();
        var spool = await harness.OpenAsync(Options(harness), health);
        await spool.AcceptAsync(Mail.Message());
        await using var other = new NpgsqlConnection(harness.ConnectionString);
        await other.OpenAsync(Cancel);
        await using (var transaction = await other.BeginTransactionAsync(Cancel))
        {
            await using var locks = new NpgsqlCommand("LOCK TABLE spool_message, meta IN ACCESS EXCLUSIVE MODE", other, transaction);
            await locks.ExecuteNonQueryAsync(Cancel);
            var failures = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Record.ExceptionAsync(() => spool.AcceptAsync(Mail.Message(), Cancel)).AsTask()));
            Assert.All(failures, f => Assert.IsType<SpoolUnavailableException>(f));
        }
        await AcceptUntilStoredAsync(spool, Mail.Message());
        Assert.True(health.IsAvailable);
    }

    [Fact]
    public async Task A_role_without_synchronous_commit_is_overruled()
    {
        await using var server = await StartAsync();
        await using var harness = await PostgreSqlHarness.CreateAsync(server.ConnectionString);
        await harness.ExecuteAsync("ALTER ROLE mta SET synchronous_commit = off");
        var database = new Cluster.Spool.PostgreSql.PostgreSqlDatabase(Options(harness));
        await database.OpenSchemaAsync(Mail.Partitions, Cancel);
        await using (var writer = (Cluster.Spool.PostgreSql.PostgreSqlWriter)database.CreateWriter())
        {
            await writer.BeginAsync();
            await using var show = new NpgsqlCommand("SHOW synchronous_commit", writer.Connection);
            Assert.Equal("on", await show.ExecuteScalarAsync(Cancel));
            await writer.CommitAsync();
        }
        await database.DisposeAsync();
    }

    private static async Task AcceptUntilStoredAsync(SqlSpool spool, NewMessage message)
    {
        // Each of the writer connections learns of the outage by itself; accepting again is harmless.
        while (await Record.ExceptionAsync(() => spool.AcceptAsync(message, Cancel)) is { } error)
            Assert.IsType<SpoolUnavailableException>(error);
    }

    private static SpoolOptions Options(PostgreSqlHarness harness)
    {
        var options = harness.Options();
        options.WriteTimeout = TimeSpan.FromSeconds(2);
        options.CommandTimeout = TimeSpan.FromSeconds(1);
        options.ConnectTimeout = TimeSpan.FromSeconds(2);
        options.ProbeInterval = TimeSpan.FromMilliseconds(100);
        return options;
    }

    private static async Task<PostgresServer> StartAsync()
    {
        Assert.SkipWhen(PostgresServer.Binaries is null, "PostgreSQL is not installed here.");
        return await PostgresServer.StartAsync();
    }
}
