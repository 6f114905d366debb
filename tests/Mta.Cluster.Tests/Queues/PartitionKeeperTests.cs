using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Partitions run always: who sleeps is called until it answers, and who has answered is called again from time to time.</summary>
public sealed class PartitionKeeperTests : TestKit
{
    private const string Settings = """
        akka {
          loglevel = OFF
          loggers = ["Akka.Event.DefaultLogger, Akka"]
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        }
        """;

    private readonly PartitionReadiness _readiness = new(3, new FakeTimeProvider());
    private readonly TestProbe _region;
    private readonly TestActorRef<PartitionKeeper> _keeper;

    public PartitionKeeperTests()
        : base(Settings)
    {
        _region = CreateTestProbe();
        _keeper = ActorOfAsTestActorRef<PartitionKeeper>(PartitionKeeper.Props(() => _region, 3, _readiness));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_sleeps_is_called_until_it_answers()
    {
        await CalledAsync(0, 1, 2);
        Assert.Equal("3 of 3 partitions are not recovered yet", _readiness.NotReadyBecause);
        Answer(0, 2, 2);
        Assert.Equal("1 of 3 partitions are not recovered yet", _readiness.NotReadyBecause);
        for (var i = 0; i < 3; i++)
        {
            Pass(TimeSpan.FromMilliseconds(500));
            await CalledAsync(1);
        }
        Answer(1);
        Assert.Null(_readiness.NotReadyBecause);
    }

    [Fact]
    public async Task All_are_called_again_so_that_one_which_ended_is_started()
    {
        await CalledAsync(0, 1, 2);
        Answer(0, 1, 2);
        Pass(TimeSpan.FromMilliseconds(500));
        await CalledAsync(0, 1, 2);
        Answer(0, 1, 2);
        Pass(TimeSpan.FromMilliseconds(4900));
        Assert.False(_region.HasMessages);
        Pass(TimeSpan.FromMilliseconds(100));
        await CalledAsync(0, 1, 2);
        Assert.Equal(3, _readiness.Awake);
    }

    [Fact]
    public async Task One_that_leaves_a_call_unanswered_sleeps_again()
    {
        await CalledAsync(0, 1, 2);
        Answer(0, 1, 2);
        Pass(TimeSpan.FromMilliseconds(500));
        await CalledAsync(0, 1, 2);
        Answer(0, 2);
        Pass(TimeSpan.FromSeconds(5));
        await CalledAsync(1);
        Assert.Equal(2, _readiness.Awake);
        Answer(1);
        Assert.Equal(3, _readiness.Awake);
    }

    private void Answer(params int[] partitions)
    {
        foreach (var partition in partitions)
            _keeper.Tell(new PartitionAwake(partition, 1));
    }

    private void Pass(TimeSpan time) => ((TestScheduler)Sys.Scheduler).Advance(time);

    private async Task CalledAsync(params int[] partitions)
    {
        foreach (var partition in partitions)
            await _region.ExpectMsgAsync(new WakePartition(partition), QueueHarness.Patience, cancellationToken: Cancel);
        Assert.False(_region.HasMessages);
    }
}
