using Mta.Cluster.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Databases that do not answer: what was decided is kept and written when they do, once.</summary>
public sealed class OutageTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_settlement_that_fails_is_repeated_as_it_is()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var tried = new List<Settlement>();
        harness.Spool.BeforeSettle = settlement =>
        {
            tried.Add(settlement);
            return tried.Count < 4 ? FaultySpool.Fail() : Task.CompletedTask;
        };
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Never);
        await harness.SettledAsync();
        Assert.Equal(4, tried.Count);
        Assert.All(tried, settlement => Assert.Same(tried[0], settlement));
        await Notification.FindAsync(harness);
    }

    [Fact]
    public async Task A_settlement_that_was_done_and_looked_failed_stores_no_second_notification()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        // The notification is found by the next owner and delivered; only then is the settlement repeated.
        var (isDone, repeat) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.AfterSettle = async _ =>
        {
            if (isDone.TrySetResult())
                await FaultySpool.Fail();
        };
        harness.Spool.BeforeSettle = _ => isDone.Task.IsCompleted ? repeat.Task : Task.CompletedTask;
        connection.Report(batch, Letters.Never);
        await isDone.Task.WaitAsync(QueueHarness.Patience, Cancel);
        var (_, notification) = await Notification.FindAsync(harness);
        await harness.Database.ExecuteAsync("DELETE FROM spool_ref");
        repeat.SetResult();

        await harness.SettledAsync();
        Assert.Empty(await harness.StoredAsync());
        Assert.Equal("example.org", notification.Queue.Domain);
    }

    [Fact]
    public async Task A_journal_that_fails_is_started_again_and_given_the_same_batch_once_more()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        await BreakJournalAsync(harness);
        connection.Report(batch, Letters.Later);
        await harness.LoggedAsync("the journal failed", times: 3);
        Assert.Equal(1, (await harness.UntilAsync(Domain, _ => true)).InFlight);

        await MendJournalAsync(harness);
        var status = await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        await harness.KillPartitionAsync();
        var deferral = Assert.Single(await harness.JournaledAsync());
        Assert.Equal((letter.Ref(), 1, status.NextDue), (deferral.Id, deferral.Attempts, deferral.Due));
    }

    [Fact]
    public async Task A_journal_that_is_away_at_the_start_holds_the_partition_up_and_loses_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.KillPartitionAsync();
        await BreakJournalAsync(harness);
        harness.BeginPartition();
        await harness.LoggedAsync("the journal failed", times: 2);

        await MendJournalAsync(harness);
        await harness.RecoveredAsync();
        Assert.Single((await harness.Connect().TakeAsync()).Refs);
    }

    [Fact]
    public async Task Envelopes_that_cannot_be_read_are_read_later()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.StartPartitionAsync();
        var reads = 0;
        harness.Spool.BeforeEnvelopes = _ => reads++ < 2 ? FaultySpool.Fail() : Task.CompletedTask;
        Assert.Single((await harness.Connect().TakeAsync()).Refs);
        Assert.Equal(3, reads);
    }

    [Fact]
    public async Task A_spool_that_is_away_at_the_start_is_asked_until_it_answers()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var (raises, reads) = (0, 0);
        harness.Spool.BeforeEpoch = _ => raises++ < 2 ? FaultySpool.Fail() : Task.CompletedTask;
        harness.Spool.BeforeRef = _ => reads++ < 2 ? FaultySpool.Fail() : Task.CompletedTask;
        harness.BeginPartition();
        await harness.RecoveredAsync();
        Assert.Equal((3, 3), (raises, reads));
        Assert.Single((await harness.Connect().TakeAsync()).Refs);
    }

    [Fact]
    public async Task An_owner_whose_epoch_is_over_stops_and_changes_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var watcher = harness.Probe();
        watcher.Watch(harness.Partition);
        await harness.Spool.RaiseEpochAsync(0, "another node", Cancel);

        connection.Report(batch, Letters.Never);
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
        Assert.Equal(letter.Ref(), Assert.Single(await harness.StoredAsync()).Id);
        await harness.LoggedAsync("another owner has taken over");
    }

    private static Task<string?> BreakJournalAsync(QueueHarness harness) => harness.JournalSqlAsync("ALTER TABLE event_journal RENAME TO away");

    private static Task<string?> MendJournalAsync(QueueHarness harness) => harness.JournalSqlAsync("ALTER TABLE away RENAME TO event_journal");
}
