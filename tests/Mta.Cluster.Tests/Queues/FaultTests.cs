using Akka.TestKit;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Faults of the program: the partition ends whole, and the next one begins from what is stored, untouched by what the last had under way.</summary>
public sealed class FaultTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fault_in_a_queue_ends_its_partition_and_loses_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@deferred.example"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync("deferred.example", q => q.Deferred == 1);

        harness.Router.Answer = _ => throw new InvalidOperationException("a fault of the program");
        var watcher = Watch(harness);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
        harness.Router.Always = FakeRouter.Routed();
        await harness.StartPartitionAsync();
        await harness.UntilAsync("deferred.example", q => q.Deferred == 1);
        Assert.Single((await connection.TakeAsync()).Refs);
    }

    [Fact]
    public async Task A_fault_in_a_schedule_does_not_leave_its_queue_without_one()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        var watcher = Watch(harness);
        harness.System.ActorSelection(harness.Partition.Path / "queue-*" / "schedule").Tell(new ScheduleRefs(default));
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
    }

    [Fact]
    public async Task What_the_last_owner_had_under_way_does_not_reach_the_next()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var (isSettling, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeSettle = _ =>
        {
            isSettling.TrySetResult();
            return goOn.Task;
        };
        connection.Report(batch, Letters.Delivered);
        await isSettling.Task.WaitAsync(QueueHarness.Patience, Cancel);
        var first = harness.Partition;
        var watcher = Watch(harness);
        harness.Router.Answer = _ => throw new InvalidOperationException("a fault of the program");
        await harness.AcceptAsync(Letters.To("user@other.example"));
        await watcher.ExpectTerminatedAsync(first, QueueHarness.Patience, cancellationToken: Cancel);
        harness.Router.Always = FakeRouter.Routed();
        await harness.StartPartitionAsync();

        // Its settlement is of an older epoch by now.
        goOn.SetResult();
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        Assert.Equal(batch.Refs[0].Ref.Id, Assert.Single((await connection.PullAsync(Domain)).Refs).Ref.Id);
    }

    [Fact]
    public async Task A_batch_that_the_journal_will_not_have_ends_the_journal_so_that_nobody_waits_for_it()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var owner = harness.Probe();
        var journal = owner.ChildActorOf(JournalWriter.Props(0, new()), cancellationToken: Cancel);
        await owner.ExpectMsgAsync<JournalReady>(QueueHarness.Patience, cancellationToken: Cancel);
        owner.Watch(journal);
        journal.Tell(new WriteBatch(1, new RefsDeferred([default])), owner);
        await owner.ExpectTerminatedAsync(journal, QueueHarness.Patience, cancellationToken: Cancel);
    }

    private static TestProbe Watch(QueueHarness harness)
    {
        var watcher = harness.Probe();
        watcher.Watch(harness.Partition);
        return watcher;
    }
}
