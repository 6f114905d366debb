using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>Domains with different policies share a site's limits and never a connection.</summary>
public sealed class VariantTests
{
    private readonly SiteDriver _site = new(new SiteLimits { MaxConnections = 3 });

    [Fact]
    public void A_connection_serves_queues_of_its_own_policy_only()
    {
        _site.WithIdleConnection();
        Assert.Equal("open 2 w", _site.Offer("a", 1, "w"));
        Assert.Equal("pull a 2 #3 x10", _site.Ready(2));
        _site.Taken("a", 3, 1);
        _site.Ready(2, 1, 3);
        Assert.Equal("pull b 2 #4 x10", _site.Offer("b", 1, "w"));
        Assert.Equal("pull c 1 #5 x10", _site.Offer("c", 1, "v"));
    }

    [Fact]
    public void A_queue_whose_policy_changes_is_served_by_the_new_ones_connections_and_once()
    {
        _site.Offer("a", 1, "v");
        Assert.Equal("open 2 w", _site.Offer("a", 1, "w"));
        Assert.Equal("", _site.Ready(1));
        Assert.Equal("pull a 2 #3 x10", _site.Ready(2));
    }

    [Fact]
    public void A_queue_that_goes_back_and_forth_has_one_turn_and_leaves_nothing_behind()
    {
        var site = new SiteDriver(new SiteLimits { MaxConnections = 1, MessagesPerConnection = 1000 });
        site.Offer("other", 1000, "v");
        for (var i = 0; i < 100; i++)
        {
            site.Offer("a", 1000, "w");
            site.Offer("a", 1000, "v");
        }
        Assert.Equal("pull other 1 #2 x10", site.Ready(1));
        Assert.Equal("pull a 1 #3 x10", site.Ready(1, 0, 2));
        Assert.Equal("pull other 1 #4 x10", site.Ready(1, 0, 3));
        Assert.Equal("pull a 1 #5 x10", site.Ready(1, 0, 4));
    }

    [Fact]
    public void A_pull_under_way_when_the_policy_changes_is_answered_and_its_claim_ends()
    {
        _site.WithIdleConnection();
        _site.Offer("a", 10, "v");
        Assert.Equal("", _site.Offer("a", 10, "w"));
        Assert.Equal("open 3 w", _site.Offer("a", 12, "w"));
        // Whatever the pull leaves is for the new policy.
        Assert.Equal("open 4 w", _site.Taken("a", 2, 10, 15));
        Assert.Equal("", _site.Ready(1, 10, 2));
        Assert.Equal("pull a 3 #5 x10", _site.Ready(3));
    }

    [Fact]
    public void A_connection_that_breaks_then_gives_the_claim_back_to_the_new_policy()
    {
        _site.WithIdleConnection();
        _site.Offer("a", 10, "v");
        Assert.Equal("", _site.Offer("a", 10, "w"));
        Assert.Equal("open 3 w", _site.Closed(1, DeferralReason.ConnectionLost));
    }

    [Fact]
    public void An_empty_site_forgets_everything()
    {
        Assert.True(_site.Machine.IsEmpty);
        _site.Offer("a", 5, "v");
        _site.Offer("b", 5, "w");
        Assert.Equal((2, false), (_site.Machine.Queues, _site.Machine.IsEmpty));
        _site.Offer("a", 0, "v");
        _site.Offer("b", 0, "w");
        Assert.Equal((0, false), (_site.Machine.Queues, _site.Machine.IsEmpty));
        _site.Closed(1);
        _site.Closed(2);
        Assert.True(_site.Machine.IsEmpty);
    }
}
