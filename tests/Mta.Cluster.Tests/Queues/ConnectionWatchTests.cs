using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Who hears of a connection's end: the queues that have handed it something and have not all of it back.</summary>
public sealed class ConnectionWatchTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IActorRef _watch;
    private readonly TestProbe _connection;
    private readonly TestProbe _one;
    private readonly TestProbe _other;

    public ConnectionWatchTests()
    {
        _watch = ConnectionWatches.Of(Sys);
        _connection = CreateTestProbe("connection");
        _one = CreateTestProbe("one");
        _other = CreateTestProbe("other");
    }

    [Fact]
    public void There_is_one_watch_in_a_system() => Assert.Same(_watch, ConnectionWatches.Of(Sys));

    [Fact]
    public void Each_queue_that_has_refs_there_is_told_once()
    {
        Say(_one, new MindConnection(_connection));
        Say(_one, new MindConnection(_connection));
        Say(_other, new MindConnection(_connection));
        Sys.Stop(_connection);
        Assert.Equal(_connection.Ref, _one.ExpectMsg<ConnectionEnded>(Patience).Connection);
        Assert.Equal(_connection.Ref, _other.ExpectMsg<ConnectionEnded>(Patience).Connection);
        Settle(_one);
    }

    [Fact]
    public void A_queue_that_has_all_back_is_not_told()
    {
        Say(_one, new MindConnection(_connection));
        Say(_other, new MindConnection(_connection));
        Say(_one, new LeaveConnection(_connection));
        Sys.Stop(_connection);
        _other.ExpectMsg<ConnectionEnded>(Patience);
        Settle(_one);
    }

    [Fact]
    public void A_queue_that_has_refs_there_again_is_told()
    {
        Say(_one, new MindConnection(_connection));
        Say(_one, new LeaveConnection(_connection));
        Say(_one, new MindConnection(_connection));
        Sys.Stop(_connection);
        _one.ExpectMsg<ConnectionEnded>(Patience);
    }

    [Fact]
    public void The_end_of_a_connection_that_has_ended_already_is_told_to_each_that_comes()
    {
        Watch(_connection);
        Sys.Stop(_connection);
        ExpectTerminated(_connection, Patience);
        Say(_one, new MindConnection(_connection));
        _one.ExpectMsg<ConnectionEnded>(Patience);
        Say(_other, new MindConnection(_connection));
        _other.ExpectMsg<ConnectionEnded>(Patience);
    }

    [Fact]
    public void Who_leaves_a_connection_that_nobody_knows_does_no_harm()
    {
        Say(_one, new LeaveConnection(_connection));
        Say(_one, new MindConnection(_connection));
        Sys.Stop(_connection);
        _one.ExpectMsg<ConnectionEnded>(Patience);
    }

    private void Say(TestProbe queue, object message) => _watch.Tell(message, queue);

    // What another connection's end brings comes behind what was under way; nothing else came before.
    private void Settle(TestProbe queue)
    {
        var marker = CreateTestProbe();
        Say(queue, new MindConnection(marker));
        Sys.Stop(marker);
        Assert.Equal(marker.Ref, queue.ExpectMsg<ConnectionEnded>(Patience).Connection);
    }
}
