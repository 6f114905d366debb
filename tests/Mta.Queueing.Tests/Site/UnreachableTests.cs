using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>What a site does when its hosts take no connection, or no more of them.</summary>
public sealed class UnreachableTests
{
    private readonly SiteDriver _site = new(new SiteLimits
    {
        MaxConnections = 5,
        UnreachablePause = TimeSpan.FromSeconds(60),
        UnreachablePauseMax = TimeSpan.FromSeconds(200),
        IdleTimeout = TimeSpan.FromHours(1),
    });

    [Fact]
    public void When_no_host_can_be_reached_all_queues_of_the_policy_are_told_and_a_pause_begins()
    {
        _site.Offer("a", 1);
        _site.Offer("b", 1);
        Assert.Equal("", _site.Failed(1));
        Assert.Equal("unreachable v 60, defer a 4.4.1, defer b 4.4.1", _site.Failed(2));
        Assert.Equal((0, 0), (_site.Machine.Connections, _site.Machine.Queues));
        // While it lasts nothing is tried, and who offers is told at once.
        Assert.Equal("defer c 4.4.1", _site.Offer("c", 1));
        Assert.Equal("", _site.Pass(59.9));
        Assert.Equal("defer c 4.4.1", _site.Offer("c", 1));
        Assert.Equal("", _site.Pass(0.1));
        Assert.Equal("open 3 v", _site.Offer("c", 1));
    }

    [Fact]
    public void Where_some_failed_the_others_have_the_word_and_no_more_are_asked_for()
    {
        _site.Offer("a", 1000);
        Assert.Equal("", _site.Failed(1));
        Assert.Equal("", _site.Offer("b", 1000));
        Assert.Equal("", _site.Failed(2));
        Assert.Equal("", _site.Failed(3));
        // One stands after all: there is a limit, and no pause.
        Assert.Equal("pull a 4 #6 x10, open 7 v, open 8 v, open 9 v", _site.Ready(4));
    }

    [Fact]
    public void The_reason_and_reply_are_those_of_the_last_that_failed()
    {
        _site.Offer("a", 1);
        var told = _site.Machine.Closed(1, DeferralReason.TlsFailed, SiteDriver.Refused, _site.Now).OfType<SiteAction.Defer>().Single();
        Assert.Equal((DeferralReason.TlsFailed, SiteDriver.Refused), (told.Reason, told.Reply));
        told = _site.Machine.Offer(new QueueKey("b"), SiteDriver.Policy, 1, _site.Now).OfType<SiteAction.Defer>().Single();
        Assert.Equal((DeferralReason.TlsFailed, SiteDriver.Refused), (told.Reason, told.Reply));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_that_fails_is_one_whether_it_was_started_or_not(bool started)
    {
        _site.Offer("a", 1);
        if (started)
            _site.Started(1);
        Assert.Equal("unreachable v 60, defer a 4.4.1", _site.Failed(1));
    }

    [Fact]
    public void An_end_in_good_order_is_no_failure_even_before_it_was_open()
    {
        _site.Offer("a", 1);
        Assert.Equal("open 2 v", _site.Closed(1));
        _site.Started(2);
        Assert.Equal("open 3 v", _site.Closed(2));
    }

    [Fact]
    public void A_connection_that_breaks_after_it_was_open_is_no_failure_of_the_site()
    {
        _site.Offer("a", 1);
        _site.Ready(1);
        Assert.Equal("open 3 v", _site.Failed(1));
        _site.Ready(3);
        Assert.Equal("open 5 v", _site.Taken("a", 4, 1, ready: 1));
        Assert.Equal("", _site.Failed(3));
        Assert.Equal(5, _site.Machine.Limit);
    }

    [Fact]
    public void The_pause_doubles_with_each_failure_in_a_row_up_to_its_limit()
    {
        foreach (var pause in new[] { 60, 120, 200, 200 })
        {
            var opened = _site.Offer("a", 1000).Split(", ").Select(o => long.Parse(o.Split(' ')[1], null)).ToList();
            // After a failure one is tried, whatever there is to do.
            Assert.Equal(pause == 60 ? 5 : 1, opened.Count);
            Assert.All(opened[..^1], connection => Assert.Equal("", _site.Failed(connection)));
            Assert.Equal($"unreachable v {pause}, defer a 4.4.1", _site.Failed(opened[^1]));
            Assert.Equal("", _site.Pass(pause));
        }
    }

    [Fact]
    public void When_the_one_that_is_tried_stands_the_others_follow_and_the_next_pause_is_the_first_again()
    {
        _site.Offer("a", 1);
        _site.Failed(1);
        _site.Pass(60);
        Assert.Equal("open 2 v", _site.Offer("a", 1000));
        Assert.Equal("", _site.Offer("b", 1000));
        Assert.Equal("pull a 2 #3 x10, open 4 v, open 5 v, open 6 v, open 7 v", _site.Ready(2));
        Assert.Contains("unreachable v 60,", FailAll(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_one_policy_does_not_stop_another()
    {
        Assert.Equal("open 1 v", _site.Offer("a", 1, "v"));
        Assert.Equal("open 2 w", _site.Offer("b", 1, "w"));
        Assert.Equal("unreachable v 60, defer a 4.4.1", _site.Failed(1));
        Assert.Equal("pull b 2 #3 x10", _site.Ready(2));
        Assert.Equal("open 4 w", _site.Offer("c", 1, "w"));
        Assert.Equal("defer d 4.4.1", _site.Offer("d", 1, "v"));
        Assert.Equal("open 5 x", _site.Offer("e", 1, "x"));
    }

    [Fact]
    public void Connections_of_another_policy_do_not_speak_for_this_one()
    {
        _site.Offer("b", 1, "w");
        _site.Ready(1);
        _site.Offer("a", 1, "v");
        Assert.Equal("unreachable v 60, defer a 4.4.1", _site.Failed(3));
        Assert.Equal(5, _site.Machine.Limit);
    }

    [Fact]
    public void One_that_fails_while_others_stand_lowers_the_limit_to_those_and_it_rises_again_by_one_in_each_interval()
    {
        _site.Offer("a", 1000);
        Assert.Equal("pull a 1 #6 x10", _site.Ready(1));
        Assert.Equal("pull a 2 #7 x10", _site.Ready(2));
        _site.Taken("a", 6, 10, 1000);
        _site.Taken("a", 7, 10, 1000);
        Assert.Equal("", _site.Failed(3));
        Assert.Equal(2, _site.Machine.Limit);
        // Those that are still on their way may come to stand, but none is asked for.
        Assert.Equal("", _site.Failed(4));
        Assert.Equal("", _site.Failed(5));
        Assert.Equal("", _site.Pass(29.9));
        Assert.Equal("open 8 v", _site.Pass(0.1));
        Assert.Equal(3, _site.Machine.Limit);
        _site.Started(8);
        Assert.Equal("open 9 v", _site.Pass(30));
        _site.Started(9);
        Assert.Equal("open 10 v", _site.Pass(30));
        _site.Started(10);
        Assert.Equal("", _site.Pass(30));
        Assert.Equal(5, _site.Machine.Limit);
    }

    [Fact]
    public void A_failure_is_forgotten_when_it_is_long_ago_and_only_then_the_site_is_empty()
    {
        _site.Offer("a", 1);
        _site.Failed(1);
        Assert.False(_site.Machine.IsEmpty);
        _site.Pass(60);
        _site.Offer("a", 1);
        Assert.StartsWith("unreachable v 120", _site.Failed(2), StringComparison.Ordinal);
        _site.Pass(120 + 199);
        Assert.False(_site.Machine.IsEmpty);
        _site.Pass(1);
        Assert.True(_site.Machine.IsEmpty);
        _site.Offer("a", 1);
        Assert.StartsWith("unreachable v 60", _site.Failed(3), StringComparison.Ordinal);
    }

    private string FailAll()
    {
        var last = "";
        for (var connection = 1; connection <= 20; connection++)
        {
            if (_site.Failed(connection) is { Length: > 0 } told)
                last = told;
        }
        return last;
    }
}
