using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>When memory is given back: once, after the last partition that recovers or the last of many queues that go dormant, and not for a few refs.</summary>
public sealed class QueueMemoryTests
{
    private int _collected;

    [Fact]
    public void After_the_last_that_recovers_once()
    {
        var memory = new QueueMemory(Collect);
        memory.BeginRecovery();
        memory.BeginRecovery();
        memory.EndRecovery(QueueMemory.WorthIt);
        Assert.Equal(0, _collected);
        memory.EndRecovery(0);
        Assert.Equal(1, _collected);
        memory.BeginRecovery();
        memory.EndRecovery(0);
        Assert.Equal(1, _collected);
    }

    [Fact]
    public void Few_refs_add_up_until_they_are_worth_it()
    {
        var memory = new QueueMemory(Collect);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(0, _collected);
            memory.BeginRecovery();
            memory.EndRecovery(QueueMemory.WorthIt / 2);
        }
        Assert.Equal(1, _collected);
    }

    [Fact]
    public async Task A_partition_counts_once_whether_it_recovers_or_ends_before()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var memory = new QueueMemory(Collect);
        harness.With(s => s with { Memory = memory });
        await harness.StartPartitionAsync();
        await harness.KillPartitionAsync();
        harness.Spool.BeforeEpoch = _ => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
        harness.BeginPartition();
        await harness.KillPartitionAsync();

        // Where one were counted as still recovering, or once too often, this would not be the last.
        memory.BeginRecovery();
        memory.BeginRecovery();
        memory.EndRecovery(QueueMemory.WorthIt);
        Assert.Equal(0, _collected);
        memory.EndRecovery(0);
        Assert.Equal(1, _collected);
    }

    [Fact]
    public void Queues_that_went_dormant_count_once_no_more_follow()
    {
        var clock = new FakeTimeProvider();
        var memory = new QueueMemory(Collect, clock);
        memory.Rested(QueueMemory.WorthIt - 1);
        clock.Advance(QueueMemory.Calm);
        memory.Look();
        Assert.Equal(0, _collected);
        memory.Rested(1);
        clock.Advance(QueueMemory.Calm - TimeSpan.FromMilliseconds(1));
        memory.Look();
        Assert.Equal(0, _collected);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        memory.Look();
        memory.Look();
        Assert.Equal(1, _collected);
    }

    [Fact]
    public async Task A_partition_says_how_many_went_dormant_and_looks()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.CreateAsync(o => o.IdleAfter = TimeSpan.Zero, clock: clock);
        var memory = new QueueMemory(Collect, clock);
        harness.With(s => s with { Memory = memory });
        await harness.StartPartitionAsync();
        memory.Rested(QueueMemory.WorthIt - 1);
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await Eventually.IsSoAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(100));
                return Volatile.Read(ref _collected) == 1;
            },
            () => "nothing was collected");
    }

    private void Collect() => Interlocked.Increment(ref _collected);
}
