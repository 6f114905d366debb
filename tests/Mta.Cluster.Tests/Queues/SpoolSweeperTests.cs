using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>What lost nodes left in the spool goes, from time to time, whatever happened the last time.</summary>
public sealed class SpoolSweeperTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_message_claims_is_removed()
    {
        await using var harness = await QueueHarness.CreateAsync(Often);
        await using var writer = harness.Spool.WriteChunks(MessageId.New(DateTimeOffset.UtcNow.AddHours(-2)));
        await writer.WriteAsync(new byte[1000], Cancel);
        Assert.Equal(1, await harness.Database.CountAsync("spool_chunk"));
        await harness.StartPartitionAsync();
        await Eventually.IsSoAsync(async () => await harness.Database.CountAsync("spool_chunk") == 0, () => "the chunk is still there");
    }

    [Fact]
    public async Task A_sweep_that_fails_is_not_the_last()
    {
        await using var harness = await QueueHarness.CreateAsync(Often);
        var (sweeps, third) = (0, new TaskCompletionSource());
        harness.Spool.InsteadOfSweep = async () =>
        {
            if (++sweeps == 3)
                third.SetResult();
            await FaultySpool.Fail();
            return null;
        };
        await harness.StartPartitionAsync();
        await third.Task.WaitAsync(QueueHarness.Patience, Cancel);
    }

    [Fact]
    public async Task No_sweep_begins_before_the_last_has_ended()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var (running, most, sweeps, goOn) = (0, 0, 0, new SemaphoreSlim(0));
        harness.Spool.InsteadOfSweep = async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            sweeps++;
            await goOn.WaitAsync(Cancel);
            Interlocked.Decrement(ref running);
            return new SweepResult(0, 0);
        };
        harness.With(s => s with { Options = new QueueOptions { Partitions = 1, SweepEvery = TimeSpan.FromMilliseconds(10) } });
        await harness.StartPartitionAsync();
        // Its timer goes on meanwhile; so do those of the partition, which are waited for.
        for (var i = 0; i < 5; i++)
        {
            await harness.AcceptAsync(Letters.To($"user@d{i}.example"));
            await harness.OfferedAsync();
            goOn.Release();
        }
        await Eventually.IsSoAsync(() => Volatile.Read(ref sweeps) > 3, () => "it swept no more");
        Assert.Equal(1, most);
    }

    private static void Often(QueueOptions options) => options.SweepEvery = TimeSpan.FromMilliseconds(20);
}
