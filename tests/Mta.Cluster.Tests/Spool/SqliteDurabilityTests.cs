using Microsoft.Data.Sqlite;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Sqlite;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>What SQLite must do beyond the suite: what is acknowledged is on the disk.</summary>
[Collection("spool")]
public sealed class SqliteDurabilityTests : IAsyncDisposable
{
    private readonly SqliteHarness _harness = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public void The_writer_keeps_a_write_ahead_log_and_syncs_every_commit()
    {
        using var connection = new SqliteFile(_harness.File, new SpoolOptions()).OpenWriter();
        Assert.Equal("wal", SqliteFile.Query(connection, "PRAGMA journal_mode"));
        Assert.Equal("2", SqliteFile.Query(connection, "PRAGMA synchronous"));
        Assert.Equal("0", SqliteFile.Query(connection, "PRAGMA mmap_size"));
    }

    [Fact]
    public async Task Every_lone_accept_is_synced_before_it_is_acknowledged()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "strace is not installed.");
        var trace = Path.Combine(_harness.Directory, "trace");
        using var child = SpoolChild.Start(["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-s", "12", "-o", trace], _harness.Directory, accepts: 5, writers: 1);
        var ids = await child.ReadIdsAsync(5, Cancel);
        await child.WaitForExitAsync(Cancel);
        Assert.Equal(5, ids.Count);
        var syncs = SpoolChild.SyncsBeforeEachAcknowledgement(trace);
        Assert.NotEmpty(syncs);
        Assert.All(syncs, count => Assert.True(count >= 1, "An accept was acknowledged without a sync."));
    }

    [Fact]
    public async Task After_kill_9_everything_acknowledged_is_there_whole()
    {
        var acknowledged = new List<MessageId>();
        for (var round = 0; round < 3; round++)
        {
            using var child = SpoolChild.Start([], _harness.Directory, accepts: int.MaxValue, writers: 20);
            acknowledged.AddRange(await child.ReadIdsAsync(300 + (100 * round), Cancel));
            child.Kill();
            acknowledged.AddRange(await child.ReadRestAsync(Cancel));
        }
        var spool = await _harness.OpenAsync();
        var refs = (await spool.RefsAsync(0)).Select(r => r.Id.Message).ToHashSet();
        Assert.True(acknowledged.Count >= 1200);
        Assert.Superset(acknowledged.ToHashSet(), refs);
        foreach (var id in acknowledged)
            Assert.Equal(Mail.Body(2048, 7), await spool.BodyAsync(id));
        await using var connection = (SqliteConnection)_harness.Connect();
        await connection.OpenAsync(Cancel);
        Assert.Equal("ok", SqliteFile.Query(connection, "PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_full_file_refuses_clearly_and_takes_mail_again_when_there_is_room()
    {
        var options = new SpoolOptions { FileLimitBytes = 2 * 1024 * 1024, ProbeInterval = TimeSpan.FromMilliseconds(50) };
        var health = new SpoolHealth();
        var failed = new TaskCompletionSource();
        var recovered = new TaskCompletionSource();
        health.Changed += available => (available ? recovered : failed).TrySetResult();
        var spool = await _harness.OpenAsync(options, health);
        recovered = new TaskCompletionSource();
        var stored = new List<NewMessage>();
        SpoolUnavailableException? error = null;
        while (error is null)
        {
            var message = Mail.Message(body: Mail.Body(200_000));
            error = await Record.ExceptionAsync(() => spool.AcceptAsync(message)) as SpoolUnavailableException;
            if (error is null)
                stored.Add(message);
        }
        Assert.Contains("full", error.Message, StringComparison.OrdinalIgnoreCase);
        await failed.Task.WaitAsync(Cancel);
        await recovered.Task.WaitAsync(Cancel);
        var epoch = await spool.RaiseEpochAsync(0, "me", Cancel);
        await spool.FinishAsync(epoch, 0, [.. stored.Select(m => m.Ref())]);
        await spool.AcceptAsync(Mail.Message(body: Mail.Body(200_000)));
        Assert.True(health.IsAvailable);
    }

    [Fact]
    public async Task A_database_that_hangs_fails_writes_within_the_time_limit_and_then_goes_on()
    {
        var options = new SpoolOptions { WriteTimeout = TimeSpan.FromMilliseconds(300), CommandTimeout = TimeSpan.FromSeconds(1), ProbeInterval = TimeSpan.FromMilliseconds(50) };
        var health = new SpoolHealth();
        var spool = await _harness.OpenAsync(options, health);
        await using var other = (SqliteConnection)_harness.Connect();
        await other.OpenAsync(Cancel);
        var body = BodyBuffer.Copy(Mail.Body(100));
        await using (var transaction = other.BeginTransaction(deferred: false))
        {
            var message = Mail.Message() with { Inline = body };
            await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.AcceptAsync(message, Cancel));
            await Assert.ThrowsAsync<SpoolUnavailableException>(() => spool.AcceptAsync(Mail.Message(), Cancel));
        }
        var available = new TaskCompletionSource();
        health.Changed += _ => { if (health.IsAvailable) available.TrySetResult(); };
        if (!health.IsAvailable)
            await available.Task.WaitAsync(Cancel);
        var accepted = false;
        while (!accepted)
            accepted = await Record.ExceptionAsync(() => spool.AcceptAsync(Mail.Message(), Cancel)) is null;
        // The spool has given its own reference back; this one is the last but for the cache's.
        body.Dispose();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_a_clear_error()
    {
        await File.WriteAllBytesAsync(_harness.File, Mail.Body(8192), Cancel);
        var error = await Assert.ThrowsAsync<SpoolUnavailableException>(() => _harness.Create().OpenAsync(Cancel));
        Assert.Contains(_harness.File, error.Message, StringComparison.Ordinal);
    }
}
