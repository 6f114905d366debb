using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Queueing.Listing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>A partition's start: journal, then refs page by page, and what happens meanwhile.</summary>
public sealed class RecoveryTests
{
    private static readonly QueuePace OneByOne = QueueHarness.Quick with { RefsAtOnce = 1 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_refs_of_all_domains_are_ready_again()
    {
        await using var harness = await QueueHarness.CreateAsync(pace: QueueHarness.Quick with { RefsAtOnce = 300 });
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => harness.AcceptAsync(Letters.To($"user@d{i % 40}.example"))));
        await harness.StartPartitionAsync();
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals.Depth == 2000, () => "some are missing");
        var queues = (await harness.ListAsync()).Queues;
        Assert.Equal(40, queues.Length);
        Assert.All(queues, q => Assert.Equal(50, q.Ready));
        await harness.LoggedAsync("recovered 2000 refs, 0 of them deferred");
    }

    [Fact]
    public async Task What_is_announced_meanwhile_waits_and_is_offered_then()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await harness.AcceptAsync(Letters.To("user@old.example"));
        var reading = HoldReading(harness, at: 0);
        harness.BeginPartition();
        await reading.Begun;
        await harness.AcceptAsync(Letters.To("user@new.example"));
        reading.GoOn();
        await harness.RecoveredAsync();
        await harness.UntilAsync("old.example", q => q.Ready == 1);
        await harness.UntilAsync("new.example", q => q.Ready == 1);
    }

    [Fact]
    public async Task Announcements_beyond_the_limit_are_found_in_the_spool()
    {
        await using var harness = await QueueHarness.CreateAsync(o =>
        {
            o.MaxPendingHints = 1;
            o.ReconcileEvery = TimeSpan.FromMilliseconds(100);
            o.ReconcileMinAge = TimeSpan.Zero;
        });
        await harness.AcceptAsync(Letters.To("user@old.example"));
        var reading = HoldReading(harness, at: 0);
        harness.BeginPartition();
        await reading.Begun;
        for (var i = 0; i < 3; i++)
            await harness.AcceptAsync(Letters.To("user@new.example"));
        reading.GoOn();
        await harness.RecoveredAsync();
        await harness.UntilAsync("new.example", q => q.Ready == 3);
    }

    [Fact]
    public async Task What_is_read_already_is_delivered_while_the_rest_is_read()
    {
        await using var harness = await QueueHarness.CreateAsync(pace: OneByOne);
        await harness.AcceptAsync(Letters.To("user@a.example"));
        await harness.AcceptAsync(Letters.To("user@b.example"));
        var reading = HoldReading(harness, at: 1);
        harness.BeginPartition();
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        Assert.Equal("a.example", batch.Queue.Domain);
        connection.Report(batch, Letters.Delivered);
        Assert.Single((await harness.SettledAsync()).Finished);

        reading.GoOn();
        await harness.RecoveredAsync();
        Assert.Equal("b.example", (await connection.TakeAsync()).Queue.Domain);
    }

    [Fact]
    public async Task A_deferral_while_refs_are_still_read_is_in_the_next_snapshot()
    {
        await using var harness = await QueueHarness.CreateAsync(
            o =>
            {
                o.Domains["a.example"] = new DomainQueueOptions { First = TimeSpan.FromHours(1) };
                o.Retry.First = TimeSpan.FromMilliseconds(50);
            },
            OneByOne with { SnapshotAfter = 2 });
        var letter = Letters.To("user@a.example");
        await harness.AcceptAsync(letter);
        await harness.AcceptAsync(Letters.To("user@b.example"));
        var reading = HoldReading(harness, at: 1);
        harness.BeginPartition();
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.Measurements.NextAsync("mta.queues.journal.time", Cancel);
        reading.GoOn();
        await harness.RecoveredAsync();

        await Eventually.IsSoAsync(
            async () =>
            {
                connection.Report(await connection.TakeAsync(), Letters.Later);
                return await harness.JournalSqlAsync("SELECT COUNT(*) FROM snapshot") != "0";
            },
            () => "there is no snapshot");
        await harness.KillPartitionAsync();
        Assert.Contains(await harness.JournaledAsync(), d => d.Id == letter.Ref());
    }

    [Fact]
    public async Task Who_asks_what_waits_gets_no_half_answer()
    {
        await using var harness = await QueueHarness.CreateAsync(pace: OneByOne);
        await harness.AcceptAsync(Letters.To("user@a.example"));
        await harness.AcceptAsync(Letters.To("user@b.example"));
        var reading = HoldReading(harness, at: 1);
        harness.BeginPartition();
        await harness.Connect().TakeAsync();
        var asking = harness.Probe();
        asking.Send(harness.Partition, new ListQueues(0, QueueQuery.Deepest(10)));
        await asking.ExpectMsgAsync<AskAgain>(QueueHarness.Patience, cancellationToken: Cancel);
        reading.GoOn();
        await harness.RecoveredAsync();
        asking.Send(harness.Partition, new ListQueues(0, QueueQuery.Deepest(10)));
        Assert.Equal(2, (await asking.ExpectMsgAsync<QueueListing>(QueueHarness.Patience, cancellationToken: Cancel)).Totals.Depth);
    }

    [Fact]
    public async Task A_pull_before_the_partition_works_is_answered_with_nothing()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var raise = new TaskCompletionSource();
        harness.Spool.BeforeEpoch = _ => raise.Task;
        harness.BeginPartition();
        Assert.Empty((await harness.Connect().PullAsync("example.com")).Refs);
        raise.SetResult();
        await harness.RecoveredAsync();
    }

    /// <summary>Holds the reading of refs up before one of them.</summary>
    private static (Task Begun, Action GoOn) HoldReading(QueueHarness harness, int at)
    {
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeRef = number =>
        {
            if (number < at)
                return Task.CompletedTask;
            begun.TrySetResult();
            return goOn.Task;
        };
        return (begun.Task.WaitAsync(QueueHarness.Patience, Cancel), goOn.SetResult);
    }
}
