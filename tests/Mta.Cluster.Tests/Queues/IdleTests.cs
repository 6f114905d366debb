using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Queues that hold nothing leave the memory, and come back as if they had never left.</summary>
public sealed class IdleTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_queue_leaves_and_comes_back_with_the_next_message()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var queue = await harness.System.ActorSelection(harness.Partition.Path / "queue-*").ResolveOne(QueueHarness.Patience, Cancel);
        var watcher = harness.Probe();
        watcher.Watch(queue);
        connection.Report(batch, Letters.Delivered);
        await watcher.ExpectTerminatedAsync(queue, QueueHarness.Patience, cancellationToken: Cancel);

        await harness.AcceptAsync(Letters.To("user@example.com"));
        Assert.Single((await connection.TakeAsync()).Refs);
    }

    [Fact]
    public async Task A_queue_with_deferred_mail_stays()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.IdleAfter, o.Retry.First) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(300)),
            QueueHarness.Quick with { TickEvery = TimeSpan.FromMilliseconds(10) });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        Assert.Equal(2, Assert.Single((await connection.TakeAsync()).Refs).Attempt);
    }

    [Fact]
    public async Task A_message_that_comes_just_as_its_queue_leaves_is_not_lost()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => o.IdleAfter = TimeSpan.Zero, QueueHarness.Quick with { TickEvery = TimeSpan.FromMilliseconds(1) });
        var connection = harness.Connect();
        for (var i = 0; i < 100; i++)
        {
            await harness.AcceptAsync(Letters.To("user@example.com"));
            connection.Report(await connection.TakeAsync(), Letters.Delivered);
            await harness.SettledAsync();
        }
        Assert.Empty(await harness.StoredAsync());
    }
}
