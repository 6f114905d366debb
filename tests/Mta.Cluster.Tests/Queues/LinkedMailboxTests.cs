using Akka.Actor;
using Akka.Dispatch.MessageQueues;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The mailbox of domain queues: what any thread puts in comes out once, in that thread's order.</summary>
public sealed class LinkedMailboxTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Messages_come_out_in_order_with_their_senders()
    {
        var queue = new LinkedMessageQueue();
        Assert.Equal((false, 0, false), (queue.HasMessages, queue.Count, queue.TryDequeue(out _)));
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 3; i++)
                queue.Enqueue(ActorRefs.Nobody, new Envelope(i, ActorRefs.Nobody));
            Assert.Equal((true, 3), (queue.HasMessages, queue.Count));
            for (var i = 0; i < 3; i++)
            {
                Assert.True(queue.TryDequeue(out var envelope));
                Assert.Equal((i, (IActorRef)ActorRefs.Nobody), ((int)envelope.Message, envelope.Sender));
            }
            Assert.Equal((false, 0, false), (queue.HasMessages, queue.Count, queue.TryDequeue(out _)));
        }
    }

    [Fact]
    public async Task What_many_threads_put_in_comes_out_once_and_in_each_ones_order()
    {
        const int Threads = 4;
        const int Each = 50_000;
        var queue = new LinkedMessageQueue();
        var putting = Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                for (var i = 0; i < Each; i++)
                    queue.Enqueue(ActorRefs.Nobody, new Envelope((thread, i), ActorRefs.NoSender));
            },
            Cancel)).ToArray();
        var next = new int[Threads];
        for (var left = Threads * Each; left > 0 && !Cancel.IsCancellationRequested;)
        {
            if (!queue.TryDequeue(out var envelope))
                continue;
            var (thread, number) = ((int, int))envelope.Message;
            Assert.Equal(next[thread]++, number);
            left--;
        }
        await Task.WhenAll(putting);
        Assert.False(queue.HasMessages);
    }

    [Fact]
    public void What_is_left_when_an_actor_ends_goes_to_the_dead_letters()
    {
        var (queue, dead) = (new LinkedMessageQueue(), new UnboundedMessageQueue());
        queue.Enqueue(ActorRefs.Nobody, new Envelope("one", ActorRefs.NoSender));
        queue.Enqueue(ActorRefs.Nobody, new Envelope("two", ActorRefs.NoSender));
        queue.CleanUp(ActorRefs.Nobody, dead);
        Assert.Equal((2, false), (dead.Count, queue.HasMessages));
    }

    [Fact]
    public async Task Domain_queues_have_it()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync("example.com", q => q.Ready == 1);
        var queue = await harness.System.ActorSelection(harness.Partition.Path / "queue-*").ResolveOne(QueueHarness.Patience, Cancel);
        Assert.Equal(LinkedMailbox.Name, ((ActorRefWithCell)queue).Underlying.Props.Mailbox);
    }
}
