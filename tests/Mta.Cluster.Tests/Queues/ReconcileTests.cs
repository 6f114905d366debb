using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Refs whose announcement was lost are found in the spool: in the next looks, not only at the next start.</summary>
public sealed class ReconcileTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ref_whose_announcement_was_lost_is_found_and_delivered()
    {
        await using var harness = await QueueHarness.StartAsync(Often);
        harness.DeliversHints = false;
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        Assert.Equal(letter.Ref(), Assert.Single(batch.Refs).Ref.Id);
        connection.Report(batch, Letters.Delivered);
        Assert.Equal([letter.Ref()], (await harness.SettledAsync()).Finished);
        await harness.LoggedAsync("1 refs found in the spool whose announcement was lost");
    }

    [Fact]
    public async Task A_ref_that_is_known_is_not_taken_twice()
    {
        await using var harness = await QueueHarness.StartAsync(Often);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        await connection.TakeAsync();
        await LooksAsync(harness, 3);
        var status = await harness.UntilAsync(Domain, _ => true);
        Assert.Equal((0, 1), (status.Ready, status.InFlight));
        Assert.DoesNotContain(harness.Log.All, line => line.Contains("announcement was lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ref_that_was_finished_while_it_was_read_is_not_delivered_again()
    {
        await using var harness = await QueueHarness.StartAsync(Often);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var (isReading, goOn, isRead) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeRef = _ =>
        {
            isReading.TrySetResult();
            return goOn.Task;
        };
        await isReading.Task.WaitAsync(QueueHarness.Patience, Cancel);
        harness.Spool.AfterRefs = () => isRead.TrySetResult();
        connection.Report(batch, Letters.Delivered);
        await harness.SettledAsync();
        await harness.UntilEmptyAsync(Domain);
        goOn.SetResult();
        await isRead.Task.WaitAsync(QueueHarness.Patience, Cancel);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
    }

    [Fact]
    public async Task Young_refs_are_left_to_their_announcement()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(o => o.ReconcileEvery = TimeSpan.FromMilliseconds(20), clock: clock);
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "user@example.com"));
        await LooksAsync(harness, 3);
        Assert.Null(await harness.StatusAsync(Domain));
        clock.Advance(TimeSpan.FromSeconds(6));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
    }

    [Fact]
    public async Task A_ref_whose_commit_came_late_or_whose_node_is_slow_is_found_behind_the_last_look()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(o => o.ReconcileEvery = TimeSpan.FromMilliseconds(20), clock: clock);
        clock.Advance(TimeSpan.FromHours(1));
        await LooksAsync(harness, 3);
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow().AddSeconds(-50), "user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
    }

    [Fact]
    public async Task A_look_that_failed_is_made_up_for_by_the_next()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(o => o.ReconcileEvery = TimeSpan.FromMilliseconds(20), clock: clock);
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "user@example.com"));
        harness.Spool.BeforeRef = _ => FaultySpool.Fail();
        // All looks fail for longer than a look reaches back.
        clock.Advance(TimeSpan.FromMinutes(10));
        await LooksAsync(harness, 3);
        Assert.Null(await harness.StatusAsync(Domain));
        harness.Spool.BeforeRef = _ => Task.CompletedTask;
        await harness.UntilAsync(Domain, q => q.Ready == 1);
    }

    private static void Often(QueueOptions options) =>
        (options.ReconcileEvery, options.ReconcileMinAge) = (TimeSpan.FromMilliseconds(20), TimeSpan.Zero);

    /// <summary>Waits until the spool has been looked into so many times.</summary>
    private static Task LooksAsync(QueueHarness harness, int times)
    {
        var (done, left) = (new TaskCompletionSource(), times);
        harness.Spool.AfterRefs = () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                done.SetResult();
        };
        return done.Task.WaitAsync(QueueHarness.Patience, Cancel);
    }
}
