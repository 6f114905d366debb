using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>Mail goes by a connection of the node that accepted it, where one is free; no mail waits for one, and no queue loses more than a few turns.</summary>
public sealed class NearTests
{
    private static readonly SiteLimits Three = new() { MaxConnections = 3, BatchSize = 10, MessagesPerConnection = 1000 };

    [Fact]
    public void A_connection_is_opened_where_mail_lies_that_has_none_yet_and_further_ones_anywhere()
    {
        var site = new SiteDriver(Three);
        Assert.Equal("open 1 v at x", site.Offer("a", 1, node: "x"));
        Assert.Equal("open 2 v at y", site.Offer("b", 1, node: "y"));
        Assert.Equal("open 3 v", site.Offer("c", 1, node: "x"));
        Assert.Equal("", site.Offer("d", 1, node: "z"));
    }

    [Fact]
    public void Mail_that_waits_for_several_connections_gets_one_on_its_node_and_the_others_anywhere()
    {
        var site = new SiteDriver(Three);
        Assert.Equal("open 1 v at x, open 2 v, open 3 v", site.Offer("a", 1000, node: "x"));
    }

    [Fact]
    public void Where_a_connection_was_made_counts_and_not_where_it_was_wished_for()
    {
        var site = new SiteDriver(Three);
        site.Offer("a", 1, node: "x");
        site.Placed((1, "y"));
        Assert.Equal("open 2 v at x", site.Offer("b", 1, node: "x"));
        site.Placed((2, "x"));
        site.Offer("a", 0);
        site.Offer("b", 0);
        site.Ready(1);
        site.Ready(2);
        Assert.Equal("pull c 1 #3 x10", site.Offer("c", 1, node: "y"));
    }

    [Fact]
    public void A_node_whose_last_connection_has_ended_gets_another()
    {
        var site = new SiteDriver(Three);
        site.Offer("a", 1, node: "x");
        site.Placed((1, "x"));
        site.Ready(1);
        site.Taken("a", 2, 1);
        site.Closed(1);
        Assert.Equal("open 3 v at x", site.Offer("a", 1, node: "x"));
    }

    [Fact]
    public void Of_free_connections_one_of_the_mails_node_serves_it()
    {
        var site = WithIdle("x", "y", "z");
        Assert.Equal("pull a 2 #4 x10", site.Offer("a", 1, node: "y"));
        Assert.Equal("pull b 1 #5 x10", site.Offer("b", 1, node: "x"));
        // None is free there: it does not wait.
        Assert.Equal("pull c 3 #6 x10", site.Offer("c", 1, node: "y"));
    }

    [Fact]
    public void Mail_of_a_node_without_connections_goes_by_any()
    {
        var site = WithIdle("x", "y", "z");
        Assert.Equal("pull a 3 #4 x10", site.Offer("a", 1, node: "gone"));
        Assert.Equal("pull b 2 #5 x10", site.Offer("b", 1));
    }

    [Fact]
    public void What_a_queue_says_last_of_its_mails_node_counts()
    {
        var site = WithIdle("x", "y", "z");
        Assert.Equal("pull a 1 #4 x10", site.Offer("a", 10, node: "x"));
        Assert.Equal("pull a 2 #5 x10", site.Taken("a", 4, 5, ready: 5, node: "y"));
    }

    [Fact]
    public void A_connection_that_has_done_its_batch_serves_mail_of_its_node_before_other_mail_but_only_so_often()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, BatchSize = 10, MessagesPerConnection = 100_000 });
        site.Offer("far", 1000, node: "y");
        site.Placed((1, "x"));
        Assert.Equal("pull far 1 #2 x10", site.Ready(1));
        foreach (var queue in new[] { "a", "b", "c", "d", "e", "f", "g" })
            site.Offer(queue, 1000, node: queue is "b" or "c" or "d" or "e" ? "x" : "y");
        var turns = new List<string>();
        var (served, pull, delivered) = ("far", 2L, 0);
        for (var turn = 0; turn < 6; turn++)
        {
            site.Taken(served, pull, 10, 1000, node: served is "far" ? "y" : "x");
            var words = site.Ready(1, delivered += 10, pull).Split(' ');
            (served, pull) = (words[1], long.Parse(words[3][1..], null));
            turns.Add(served);
        }
        // In line stands "far" first, then "a": the first waits for three.
        Assert.Equal(["b", "c", "d", "far"], turns.Take(4));
    }

    [Fact]
    public void Queues_whose_mail_lies_nowhere_near_are_served_in_turn()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, BatchSize = 10, MessagesPerConnection = 100_000 });
        site.Offer("a", 1, node: "y");
        site.Placed((1, "x"));
        site.Offer("b", 1, node: "z");
        site.Offer("c", 1, node: "gone");
        Assert.Equal("pull a 1 #2 x10", site.Ready(1));
        site.Taken("a", 2, 1);
        Assert.Equal("pull b 1 #3 x10", site.Ready(1, 1, 2));
        site.Taken("b", 3, 1);
        Assert.Equal("pull c 1 #4 x10", site.Ready(1, 2, 3));
    }

    [Fact]
    public void However_much_mail_lies_near_each_queue_has_its_turn()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, BatchSize = 1, MessagesPerConnection = 100_000 });
        var queues = Enumerable.Range(0, 12).Select(i => $"q{i}").ToArray();
        foreach (var queue in queues)
            site.Offer(queue, 1000, node: NodeOf(queue));
        site.Placed((1, "x"));
        var last = queues.ToDictionary(queue => queue, _ => 0);
        var counts = queues.ToDictionary(queue => queue, _ => 0);
        var words = site.Ready(1).Split(' ');
        for (var turn = 1; turn < 500; turn++)
        {
            var (queue, pull) = (words[1], long.Parse(words[3][1..], null));
            // Three are served before it when it comes first, and three before each that stands before it; twice that, where it has given up a turn.
            Assert.InRange(turn - last[queue], 1, 8 * queues.Length);
            last[queue] = turn;
            counts[queue]++;
            site.Taken(queue, pull, 1, 1000, node: NodeOf(queue));
            words = site.Ready(1, turn, pull).Split(' ');
        }
        Assert.All(last.Values, turn => Assert.InRange(turn, 500 - (8 * queues.Length), 500));
        Assert.All(counts.Values, count => Assert.InRange(count, (500 / queues.Length) - 7, (500 / queues.Length) + 7));

        static string NodeOf(string queue) => queue is "q3" or "q7" ? "x" : "y";
    }

    private static SiteDriver WithIdle(params string[] nodes)
    {
        var site = new SiteDriver(Three);
        site.Offer("first", nodes.Length * 10);
        for (var i = 0; i < nodes.Length; i++)
            site.Placed((i + 1, nodes[i]));
        site.Offer("first", 0);
        for (var i = 0; i < nodes.Length; i++)
            site.Ready(i + 1);
        return site;
    }
}
