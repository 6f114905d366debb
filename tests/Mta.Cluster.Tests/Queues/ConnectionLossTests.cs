using System.Threading.Channels;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Mta.Cluster.Contracts;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>What a connection held when it ended comes back, once, and nothing remains of a connection that has reported.</summary>
public sealed class ConnectionLossTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_lost_connection_held_is_an_attempt_in_doubt_and_tried_again_at_once()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var lost = harness.Connect();
        var batch = await lost.TakeAsync();
        lost.Die();

        var again = await harness.Connect().TakeAsync();
        var taken = Assert.Single(again.Refs);
        Assert.Equal((batch.Refs[0].Ref.Id, 2), (taken.Ref.Id, taken.Attempt));
        Assert.Equal(1, Assert.Single(harness.Measurements.Rest("mta.queues.in_doubt")));
        await harness.LoggedAsync("reason=NodeLost attempt=1");
    }

    [Fact]
    public async Task A_second_loss_in_a_row_waits_by_the_schedule()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        for (var i = 0; i < 2; i++)
        {
            var lost = harness.Connect();
            await lost.TakeAsync();
            lost.Die();
        }
        var status = await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        Assert.Equal(DeferralReason.NodeLost, status.LastReason);
        Assert.True(status.NextDue > DateTimeOffset.UtcNow.AddMinutes(4), $"next due at {status.NextDue}");
    }

    [Fact]
    public async Task A_report_that_arrives_just_after_the_connections_end_still_counts()
    {
        await using var harness = await QueueHarness.StartAsync(pace: QueueHarness.Quick with { ConnectionGrace = TimeSpan.FromMinutes(5) });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var watcher = harness.Probe();
        watcher.Watch(connection.Probe);
        connection.Die();
        await watcher.ExpectTerminatedAsync(connection.Probe, cancellationToken: Cancel);

        connection.Report(batch, Letters.Delivered);
        Assert.Equal([batch.Refs[0].Ref.Id], (await harness.SettledAsync()).Finished);
        Assert.Empty(harness.Measurements.Rest("mta.queues.in_doubt"));
    }

    [Fact]
    public async Task A_report_that_comes_twice_does_not_hide_what_the_connection_still_holds()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain);
        connection.Report(batch, batch.Refs[0].Ref, Letters.Delivered);
        connection.Report(batch, batch.Refs[0].Ref, Letters.Delivered);
        await harness.UntilAsync(Domain, q => q.InFlight == 1);
        connection.Die();

        await harness.UntilAsync(Domain, q => q.Ready == 1);
        var again = await harness.Connect().PullAsync(Domain);
        Assert.Equal(batch.Refs[1].Ref.Id, Assert.Single(again.Refs).Ref.Id);
    }

    [Fact]
    public async Task A_connection_is_watched_once_however_many_batches_it_gets()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var seen = new WatchedActor(connection.Probe);
        foreach (var pull in new long[] { 1, 2 })
            harness.Partition.Tell(new PullWork(0, new QueueKey(Domain), FakeRouter.Site, pull, 1, seen, harness.Site));
        Assert.IsType<Watch>(await seen.NextAsync());

        connection.Report(await connection.BatchAsync(), Letters.Delivered);
        connection.Report(await connection.BatchAsync(), Letters.Delivered);
        await harness.UntilEmptyAsync(Domain);
        await harness.AcceptAsync(Letters.To("three@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        harness.Partition.Tell(new PullWork(0, new QueueKey(Domain), FakeRouter.Site, 3, 1, seen, harness.Site));
        connection.Report(await connection.BatchAsync(), Letters.Delivered);
        await harness.UntilEmptyAsync(Domain);
        Assert.False(seen.HasMore, "one watch, however many pulls");
    }

    /// <summary>Passes on what it is told, and shows who begins and ends to watch it.</summary>
    private sealed class WatchedActor(IActorRef inner) : MinimalActorRef
    {
        private readonly Channel<ISystemMessage> _watches = Channel.CreateUnbounded<ISystemMessage>();

        public bool HasMore => _watches.Reader.TryPeek(out _);

        public override ActorPath Path => inner.Path / "watched";

        public override IActorRefProvider Provider => ((IInternalActorRef)inner).Provider;

        public Task<ISystemMessage> NextAsync() => _watches.Reader.ReadAsync(Cancel).AsTask().WaitAsync(QueueHarness.Patience, Cancel);

        public override void SendSystemMessage(ISystemMessage message)
        {
            if (message is Watch or Unwatch)
                _watches.Writer.TryWrite(message);
        }

        protected override void TellInternal(object message, IActorRef sender) => inner.Tell(message, sender);
    }
}
