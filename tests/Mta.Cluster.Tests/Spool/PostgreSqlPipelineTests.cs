using Mta.Cluster.Spool;
using Npgsql;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>Batches that go to PostgreSQL in one round trip are as good as others.</summary>
[Collection("postgres")]
public sealed class PostgreSqlPipelineTests(SharedPostgres shared)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_at_the_commit_itself_is_not_accepted()
    {
        await using var harness = await PostgreSqlHarness.CreateAsync(shared.ConnectionString);
        var spool = await harness.OpenAsync();
        await harness.ExecuteAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not at the end either'; END $$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON spool_message DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.size < 1000) EXECUTE FUNCTION refuse();
            """);
        var error = await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.AcceptAsync(Mail.Message()));
        Assert.Contains("not at the end either", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await harness.CountAsync("spool_message"));
        await spool.AcceptAsync(Mail.Message(["a.example"], Mail.Body(2000)));
        Assert.Equal(1, await harness.CountAsync("spool_message"));
    }

    [Fact]
    public async Task A_settlement_is_fenced_by_an_epoch_that_is_raised_while_it_waits_whatever_isolation_the_database_prefers()
    {
        await using var harness = await PostgreSqlHarness.CreateAsync(shared.ConnectionString);
        var name = new NpgsqlConnectionStringBuilder(harness.ConnectionString).Database;
        await harness.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
        var spool = await harness.OpenAsync();
        var message = Mail.Message();
        await spool.AcceptAsync(message);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);

        await using var other = new NpgsqlConnection(harness.ConnectionString + ";Pooling=false");
        await other.OpenAsync(Cancel);
        await ExecuteAsync(other, "BEGIN; UPDATE partition_epoch SET epoch = epoch + 1");
        var settling = spool.FinishAsync(epoch, 0, message.Ref());
        while (!await WaitsForLockAsync(harness))
            await Task.Yield();
        await ExecuteAsync(other, "COMMIT");

        Assert.Equal(SettleResult.Fenced, await settling);
        Assert.Equal(message.Ref(), Assert.Single(await spool.RefsAsync(0)).Id);
        Assert.Equal(SettleResult.Settled, await spool.FinishAsync(epoch + 1, 0, message.Ref()));
        Assert.Equal(0, await harness.CountAsync("spool_message"));
    }

    [Fact]
    public async Task A_batch_of_everything_is_one_commit()
    {
        await using var harness = await PostgreSqlHarness.CreateAsync(shared.ConnectionString);
        var options = harness.Options();
        options.CommitDelay = TimeSpan.FromMilliseconds(300);
        var spool = await harness.OpenAsync(options);
        var (old, stale) = (Mail.Message(["a.example", "b.example"]), Mail.Message(partition: 2));
        await Task.WhenAll(spool.AcceptAsync(old), spool.AcceptAsync(stale));
        var epochs = await Task.WhenAll(Enumerable.Range(0, 3).Select(p => spool.RaiseEpochAsync(p, "me", Cancel)));
        var fresh = Enumerable.Range(0, 20).Select(_ => Mail.Message(partition: 5)).ToList();

        using var commits = new MeterCount(spool, "mta.spool.commits");
        using var settled = new MeterCount(spool, "mta.spool.settled");
        var first = spool.FinishAsync(epochs[0], 0, old.Ref(0));
        var second = spool.FinishAsync(epochs[1], 1, old.Ref(1));
        var fenced = spool.FinishAsync(epochs[2] - 1, 2, stale.Ref());
        await Task.WhenAll([first, second, fenced, .. fresh.Select(m => spool.AcceptAsync(m))]);

        Assert.Equal([SettleResult.Settled, SettleResult.Settled, SettleResult.Fenced], [await first, await second, await fenced]);
        Assert.Equal(fresh.Select(m => m.Ref()).ToHashSet(), (await spool.RefsAsync(5)).Select(r => r.Id).ToHashSet());
        Assert.Equal(stale.Ref(), Assert.Single(await spool.RefsAsync(2)).Id);
        Assert.Equal(21, await harness.CountAsync("spool_message"));
        Assert.Equal(1, commits.Total);
        Assert.Equal(2, settled.Total);
    }

    private static async Task<bool> WaitsForLockAsync(PostgreSqlHarness harness)
    {
        await using var connection = harness.Connect();
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
        return (bool)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
