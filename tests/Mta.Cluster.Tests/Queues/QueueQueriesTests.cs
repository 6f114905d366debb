using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Queueing;
using Mta.Queueing.Listing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The answers of all partitions as one, and who did not answer by name.</summary>
public sealed class QueueQueriesTests() : TestKit("akka { loglevel = OFF, stdout-loglevel = OFF }")
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Totals_are_added_up_and_the_deepest_of_all_partitions_come_first()
    {
        var queries = Queries(
            3, QueueHarness.Patience,
            new QueueListing(0, new QueueTotals(2, 60, 10, 20, 30, 1.5, 1), [Status(0, "b.example", 30), Status(0, "c.example", 1)], 2),
            new QueueListing(1, new QueueTotals(1, 6, 1, 2, 3, 0.5, 2), [Status(1, "a.example", 30)], 1),
            new QueueListing(2, new QueueTotals(1, 600, 100, 200, 300), [Status(2, "d.example", 99)], 1));
        var overview = await queries.ListAsync(QueueQuery.Deepest(3), Cancel);
        Assert.Equal(new QueueTotals(4, 666, 111, 222, 333, 2, 3), overview.Totals);
        Assert.Equal(["d.example", "a.example", "b.example"], overview.Queues.Select(q => q.Queue.Domain));
        Assert.Empty(overview.SilentPartitions);
        Assert.Equal((4, new QueuePosition(30, new QueueKey("b.example"))), (overview.Count, overview.Next!.Value));
    }

    [Fact]
    public async Task The_last_page_has_no_next()
    {
        var queries = Queries(1, QueueHarness.Patience, new QueueListing(0, new QueueTotals(2, 2, 2, 0, 0), [Status(0, "a.example", 1), Status(0, "b.example", 1)], 2));
        Assert.Null((await queries.ListAsync(QueueQuery.Deepest(2), Cancel)).Next);
        Assert.NotNull((await queries.ListAsync(QueueQuery.Deepest(1), Cancel)).Next);
        var none = await queries.ListAsync(QueueQuery.Deepest(0), Cancel);
        Assert.Equal((0, null, 2), (none.Queues.Length, none.Next, none.Count));
    }

    [Fact]
    public async Task A_partition_that_does_not_answer_is_named_and_the_others_are_counted()
    {
        var queries = Queries(3, TimeSpan.FromMilliseconds(200), new QueueListing(1, new QueueTotals(1, 5, 5, 0, 0), [Status(1, "a.example", 5)]));
        var overview = await queries.ListAsync(QueueQuery.Deepest(10), Cancel);
        Assert.Equal([0, 2], overview.SilentPartitions);
        Assert.Equal(5, overview.Totals.Depth);
    }

    [Fact]
    public async Task A_partition_that_moves_is_asked_until_its_next_owner_answers()
    {
        var answer = new QueueListing(0, new QueueTotals(1, 5, 5, 0, 0), [Status(0, "a.example", 5)], 1);
        var region = Answering(new AskAgain(0), new AskAgain(0), answer);
        var overview = await new QueueQueries(() => region, 1, QueueHarness.Patience).ListAsync(QueueQuery.Deepest(10), Cancel);
        Assert.Empty(overview.SilentPartitions);
        Assert.Equal(5, overview.Totals.Depth);
    }

    [Fact]
    public async Task A_partition_that_moves_for_longer_than_one_waits_is_named()
    {
        var region = Answering(new AskAgain(0));
        Assert.Equal([0], (await new QueueQueries(() => region, 1, TimeSpan.FromMilliseconds(200)).ListAsync(QueueQuery.Deepest(10), Cancel)).SilentPartitions);
    }

    [Fact]
    public async Task The_lanes_of_a_domain_are_found_in_all_partitions()
    {
        var queries = Queries(
            2, QueueHarness.Patience,
            new QueueListing(0, new QueueTotals(9, 9, 9, 0, 0), [Status(0, "a.example", 5, lane: 2)]),
            new QueueListing(1, new QueueTotals(9, 9, 9, 0, 0), [Status(1, "a.example", 7)]));
        Assert.Equal(["a.example", "a.example#2"], (await queries.FindAsync("a.example", Cancel)).Select(q => q.Queue.ToString()));
    }

    [Fact]
    public async Task Who_waits_no_longer_is_let_go()
    {
        using var cancel = new CancellationTokenSource();
        var asking = Queries(1, QueueHarness.Patience).ListAsync(QueueQuery.Deepest(10), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(QueueHarness.Patience, Cancel));
    }

    [Fact]
    public async Task The_mail_of_a_site_is_added_up_over_the_partitions_and_its_connections_over_the_nodes()
    {
        var region = Sys.ActorOf(Akka.Actor.Props.Create(() => new Region(ImmutableDictionary<int, QueueListing>.Empty)));
        var egress = new[] { Answering(new ConnectionsReported([new("one", 2), new("idle", 1)])), Answering(new ConnectionsReported([new("one", 3)])) };
        var queries = new SiteQueries(
            () => region, 3, () => [.. egress.Select((actor, i) => new Cluster.Delivery.Sites.EgressNode(new Address("akka.tcp", "mta", $"192.0.2.{i}", 4053), actor))], TimeSpan.FromSeconds(2));
        var overview = await queries.ListAsync(Cancel);
        var one = overview.Sites.Single(s => s.Mail.Site == "one");
        Assert.Equal((new QueueTotals(3, 30, 30, 0, 0), 2, "later", 5), (one.Mail.Totals, one.Mail.Suspended, one.Mail.LastReply, one.Connections));
        Assert.Equal((0, 1), (overview.Sites.Single(s => s.Mail.Site == "idle").Mail.Totals.Queues, overview.Sites.Single(s => s.Mail.Site == "idle").Connections));
        Assert.Equal((new QueueTotals(13, 130, 130, 0, 0), new QueueTotals(10, 100, 100, 0, 0)), (overview.Totals, overview.Unlisted));
        Assert.Equal([2], overview.SilentPartitions);
        Assert.Empty(overview.SilentNodes);
        Assert.Equal(5, await queries.CountConnectionsAsync("one", Cancel));
    }

    private IActorRef Answering(params object[] answers) => Sys.ActorOf(Akka.Actor.Props.Create(() => new Parrot(new Queue<object>(answers))));

    private QueueQueries Queries(int count, TimeSpan patience, params QueueListing[] answers)
    {
        var region = Sys.ActorOf(Akka.Actor.Props.Create(() => new Region(answers.ToImmutableDictionary(a => a.Partition))));
        return new QueueQueries(() => region, count, patience);
    }

    private static QueueStatus Status(int partition, string domain, int ready, int lane = 0) =>
        new(new QueueKey(domain, lane), partition, ready, 0, 0, null, null, "", "", DeferralReason.None);

    /// <summary>Answers as it is told to, or not at all.</summary>
    private sealed class Region : ReceiveActor
    {
        public Region(ImmutableDictionary<int, QueueListing> answers)
        {
            Receive<ListQueues>(query =>
            {
                if (answers.TryGetValue(query.Partition, out var answer))
                    Sender.Tell(answer);
            });
            // The deeper part of the site is in partition 0, and partition 2 is silent.
            Receive<ListSites>(m => m.Partition == 0, m => Sender.Tell(new SitesListed(
                0, [new SiteTotals("one", new QueueTotals(2, 20, 20, 0, 0), 1, "later")], new QueueTotals(10, 100, 100, 0, 0))));
            Receive<ListSites>(m => m.Partition == 1, m => Sender.Tell(new SitesListed(1, [new SiteTotals("one", new QueueTotals(1, 10, 10, 0, 0), 1, "earlier")], QueueTotals.None)));
        }
    }

    /// <summary>Gives its answers one after the other, the last again and again.</summary>
    private sealed class Parrot : ReceiveActor
    {
        public Parrot(Queue<object> answers) => ReceiveAny(_ => Sender.Tell(answers.Count > 1 ? answers.Dequeue() : answers.Peek()));
    }
}
