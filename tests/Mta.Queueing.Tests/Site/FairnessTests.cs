using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>Queues are served in turn, a batch each; policies share the limit, and none waits without end.</summary>
public sealed class FairnessTests
{
    [Fact]
    public void Queues_have_their_turn_one_after_the_other_a_batch_each()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, BatchSize = 10, MessagesPerConnection = 1000 });
        foreach (var queue in new[] { "big", "b", "c" })
            site.Offer(queue, 1000);
        site.Offer("small", 1);
        Assert.Equal("pull big 1 #2 x10", site.Ready(1));
        Assert.Equal(["b", "c", "small", "big", "b", "c", "big", "b"], Turns(site, "big", 2, small: "small").Take(8));
    }

    [Fact]
    public void A_queue_that_offers_again_keeps_its_place()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1 });
        site.Offer("a", 1);
        site.Offer("b", 1);
        site.Offer("c", 1);
        site.Offer("a", 500);
        site.Offer("b", 500);
        Assert.Equal("pull a 1 #2 x10", site.Ready(1));
    }

    [Fact]
    public void A_queue_that_withdraws_loses_its_place_and_comes_last_when_it_offers_again()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1 });
        site.Offer("a", 1);
        site.Offer("b", 1);
        site.Offer("a", 0);
        site.Offer("a", 1);
        Assert.Equal("pull b 1 #2 x10", site.Ready(1));
        Assert.Equal("pull a 1 #3 x10", site.Ready(1, 0, 2));
    }

    [Fact]
    public void A_queue_is_pulled_by_several_connections_at_once_while_it_has_work_for_them()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 3 });
        site.Offer("a", 25);
        Assert.Equal("pull a 1 #4 x10", site.Ready(1));
        Assert.Equal("pull a 2 #5 x10", site.Ready(2));
        Assert.Equal("pull a 3 #6 x10", site.Ready(3));
        // All of it is claimed: more is not there before a queue has said so.
        site.Offer("a", 25);
        Assert.Equal("", site.Ready(1, 0, 99));
        Assert.Equal("", site.Taken("a", 4, 10, 15));
        Assert.Equal("pull a 1 #7 x10", site.Taken("a", 5, 5, 40) + site.Ready(1, 10, 4));
    }

    [Fact]
    public void A_policy_without_a_connection_gets_the_next_one_that_has_done_its_batch()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 2, MessagesPerConnection = 1000 });
        site.Offer("busy", 1000, "v");
        site.Ready(1);
        site.Ready(2);
        Assert.Equal("", site.Offer("other", 1, "w"));
        Assert.Equal("", site.Taken("busy", 3, 10, 990));
        // One is enough: the other goes on.
        Assert.Equal("close 1", site.Ready(1, 10, 3));
        Assert.Equal("pull busy 2 #5 x10", site.Ready(2, 10, 4));
        Assert.Equal("open 6 w", site.Closed(1));
        Assert.Equal("pull other 6 #7 x10", site.Ready(6));
    }

    [Fact]
    public void Where_there_can_be_one_connection_only_policies_take_turns()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, MessagesPerConnection = 1000 });
        Assert.Equal("open 1 v", site.Offer("a", 1000, "v"));
        Assert.Equal("", site.Offer("b", 1000, "w"));
        // A connection has one batch at least.
        Assert.Equal("pull a 1 #2 x10", site.Ready(1));
        site.Taken("a", 2, 10, 990);
        Assert.Equal("close 1", site.Ready(1, 10, 2));
        Assert.Equal("open 3 w", site.Closed(1));
        Assert.Equal("pull b 3 #4 x10", site.Ready(3));
        site.Taken("b", 4, 10, 990);
        Assert.Equal("close 3", site.Ready(3, 10, 4));
        Assert.Equal("open 5 v", site.Closed(3));
    }

    [Fact]
    public void An_idle_connection_makes_room_for_another_policy_and_only_as_many_as_are_needed()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 3 });
        site.Offer("a", 30, "v");
        site.Offer("a", 0, "v");
        foreach (var connection in new[] { 1, 2, 3 })
            site.Ready(connection);
        Assert.Equal("close 1", site.Offer("b", 1000, "w"));
        Assert.Equal("", site.Offer("b", 1001, "w"));
        Assert.Equal("", site.Pass(1));
        Assert.Equal("close 2", site.Offer("c", 1, "x"));
        Assert.Equal("open 4 w", site.Closed(1));
        Assert.Equal("open 5 x", site.Closed(2));
        // Who has a connection does not take an idle one from others: it ends by itself.
        Assert.Equal("", site.Offer("b", 2000, "w"));
        Assert.Equal("close 3", site.Pass(9));
        Assert.Equal("open 6 w", site.Closed(3));
    }

    [Fact]
    public void Free_connections_are_shared_out_among_policies_in_turn()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 4 });
        site.Offer("a", 1000, "v");
        site.Offer("b", 1000, "w");
        site.Offer("c", 1000, "x");
        // The first has them all; as they end, those come first that have none.
        Assert.Equal("open 5 w", site.Closed(1));
        Assert.Equal("open 6 x", site.Closed(2));
        var more = new[] { site.Closed(3), site.Closed(4), site.Closed(5), site.Closed(6) }.Select(action => action[^1]);
        Assert.Equal(4, site.Machine.Connections);
        Assert.Equal(['v', 'w', 'x'], more.Distinct().Order());
    }

    private static IEnumerable<string> Turns(SiteDriver site, string queue, long pull, string small)
    {
        var delivered = 0;
        while (true)
        {
            var count = queue == small ? 1 : 10;
            site.Taken(queue, pull, count, queue == small ? 0 : 900);
            var words = site.Ready(1, delivered += count, pull).Split(' ');
            (queue, pull) = (words[1], long.Parse(words[3][1..], null));
            yield return queue;
        }
    }
}
