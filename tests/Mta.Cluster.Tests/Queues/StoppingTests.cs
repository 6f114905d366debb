using Akka.TestKit;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>A partition that moves or whose node leaves: it hands out nothing more, and ends when what it handed out is recorded.</summary>
public sealed class StoppingTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_under_way_ends_and_nothing_begins()
    {
        await using var harness = await QueueHarness.StartAsync();
        var (first, second) = (Letters.To("one@example.com"), Letters.To("two@example.com"));
        await harness.AcceptAsync(first);
        await harness.AcceptAsync(second);
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain, max: 1);

        var watcher = harness.StopPartition();
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
        await harness.PassAsync();
        connection.Report(batch, Letters.Delivered);
        Assert.Equal([first.Ref()], (await harness.SettledAsync()).Finished);
        await EndedAsync(harness, watcher);
        Assert.Equal(second.Ref(), Assert.Single(await harness.StoredAsync()).Id);
    }

    [Fact]
    public async Task A_deferral_under_way_is_journaled_first()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var watcher = harness.StopPartition();
        connection.Report(batch, Letters.Later);
        await EndedAsync(harness, watcher);
        Assert.Single(await harness.JournaledAsync());
    }

    [Fact]
    public async Task A_settlement_that_waits_for_its_repetition_is_repeated()
    {
        await using var harness = await QueueHarness.StartAsync(pace: QueueHarness.Quick with { RetryAfter = TimeSpan.FromMilliseconds(500) });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var failures = 0;
        harness.Spool.BeforeSettle = _ => failures++ == 0 ? FaultySpool.Fail() : Task.CompletedTask;
        connection.Report(batch, Letters.Delivered);
        await harness.LoggedAsync("a settlement failed");

        var watcher = harness.StopPartition();
        Assert.Single((await harness.SettledAsync()).Finished);
        await EndedAsync(harness, watcher);
    }

    [Fact]
    public async Task A_pull_that_a_queue_is_just_answering_is_waited_for()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.MaxEnvelopesInMemory = 10);
        for (var i = 0; i < 11; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 11);
        // The queue stands still in the midst of its answer: ten it has, the eleventh it has to read.
        using var goOn = new ManualResetEventSlim();
        var isAnswering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Spool.BeforeEnvelopes = _ =>
        {
            isAnswering.TrySetResult();
            goOn.Wait(QueueHarness.Patience, Cancel);
            return Task.CompletedTask;
        };
        var connection = harness.Connect();
        connection.Ask(Domain);
        await isAnswering.Task.WaitAsync(QueueHarness.Patience, Cancel);
        var watcher = harness.StopPartition();
        await harness.PassAsync();

        goOn.Set();
        var batch = await connection.BatchAsync();
        Assert.Equal(10, batch.Refs.Length);
        connection.Report(batch, Letters.Delivered);
        await EndedAsync(harness, watcher);
        Assert.Single(await harness.StoredAsync());
    }

    [Fact]
    public async Task A_partition_that_is_still_reading_its_refs_stops()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var (isReading, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeRef = _ =>
        {
            isReading.TrySetResult();
            return goOn.Task;
        };
        harness.BeginPartition();
        await isReading.Task.WaitAsync(QueueHarness.Patience, Cancel);
        var watcher = harness.StopPartition();
        goOn.SetResult();
        await EndedAsync(harness, watcher);
    }

    [Fact]
    public async Task A_look_into_the_spool_that_ends_meanwhile_brings_nothing_new()
    {
        await using var harness = await QueueHarness.StartAsync(o =>
        {
            o.ReconcileEvery = TimeSpan.FromMilliseconds(100);
            o.ReconcileMinAge = TimeSpan.Zero;
        });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var (isReading, goOn, isRead) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeRef = _ =>
        {
            isReading.TrySetResult();
            return goOn.Task;
        };
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.To("user@new.example"));
        await isReading.Task.WaitAsync(QueueHarness.Patience, Cancel);
        harness.Spool.AfterRefs = () => isRead.TrySetResult();

        var watcher = harness.StopPartition();
        await harness.PassAsync();
        goOn.SetResult();
        await isRead.Task.WaitAsync(QueueHarness.Patience, Cancel);
        Assert.Empty((await connection.PullAsync("new.example")).Refs);
        connection.Report(batch, Letters.Delivered);
        await EndedAsync(harness, watcher);
    }

    [Fact]
    public async Task A_connection_that_never_reports_is_waited_for_only_so_long()
    {
        await using var harness = await QueueHarness.CreateAsync();
        harness.With(s => s with { DrainTimeout = TimeSpan.FromMilliseconds(200) });
        await harness.StartPartitionAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.Connect().TakeAsync();
        await EndedAsync(harness, harness.StopPartition());
        await harness.LoggedAsync("stopped, 1 refs still");
    }

    [Fact]
    public async Task A_partition_that_has_not_begun_stops_at_once()
    {
        await using var harness = await QueueHarness.CreateAsync();
        harness.Spool.BeforeEpoch = _ => Task.Delay(Timeout.Infinite, Cancel);
        harness.BeginPartition();
        await EndedAsync(harness, harness.StopPartition());
    }

    private static async Task EndedAsync(QueueHarness harness, TestProbe watcher) =>
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
}
