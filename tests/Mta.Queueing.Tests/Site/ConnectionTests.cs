using Mta.Queueing.Site;

namespace Mta.Queueing.Tests.Site;

/// <summary>How many connections a site has, what each is used for, and when it ends.</summary>
public sealed class ConnectionTests
{
    private readonly SiteDriver _site = new(new SiteLimits { MaxConnections = 3, BatchSize = 10, MessagesPerConnection = 25 });

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "open 1 v")]
    [InlineData(10, "open 1 v")]
    [InlineData(11, "open 1 v, open 2 v")]
    [InlineData(21, "open 1 v, open 2 v, open 3 v")]
    [InlineData(1_000_000, "open 1 v, open 2 v, open 3 v")]
    [InlineData(int.MaxValue, "open 1 v, open 2 v, open 3 v")]
    public void There_is_a_connection_for_each_batch_and_no_more_than_the_limit(int ready, string expected)
    {
        Assert.Equal(expected, _site.Offer("a", ready));
        Assert.Equal("", _site.Offer("a", ready));
    }

    [Fact]
    public void An_open_connection_pulls_a_batch_and_the_rest_waits_for_the_next()
    {
        _site.Offer("a", 15);
        Assert.Equal("pull a 1 #3 x10", _site.Ready(1));
        Assert.Equal("pull a 2 #4 x10", _site.Ready(2));
        Assert.Equal("", _site.Taken("a", 3, 10, ready: 5));
        Assert.Equal("", _site.Taken("a", 4, 5, ready: 0));
        Assert.Equal("", _site.Ready(1, 10, 3));
        Assert.Equal("", _site.Ready(2, 5, 4));
        Assert.Equal(2, _site.Machine.Connections);
    }

    [Fact]
    public void An_idle_connection_serves_what_comes_before_another_is_opened()
    {
        _site.WithIdleConnection();
        Assert.Equal("pull a 1 #2 x10", _site.Offer("a", 10));
        Assert.Equal("open 3 v", _site.Offer("b", 1));
    }

    [Fact]
    public void Of_several_idle_connections_the_one_used_last_is_used_next_so_that_the_others_can_end()
    {
        _site.Offer("a", 21);
        _site.Offer("a", 0);
        _site.Ready(1);
        _site.Ready(2);
        _site.Ready(3);
        Assert.Equal("pull b 3 #4 x10", _site.Offer("b", 1));
    }

    [Fact]
    public void A_connection_carries_no_more_messages_than_its_limit_and_then_ends()
    {
        _site.Offer("a", 100);
        Assert.Equal("pull a 1 #4 x10", _site.Ready(1));
        _site.Taken("a", 4, 10, 90);
        Assert.Equal("pull a 1 #5 x10", _site.Ready(1, 10, 4));
        _site.Taken("a", 5, 10, 80);
        Assert.Equal("pull a 1 #6 x5", _site.Ready(1, 20, 5));
        _site.Taken("a", 6, 5, 75);
        Assert.Equal("close 1", _site.Ready(1, 25, 6));
        // It counts until it has ended; then another takes its place.
        Assert.Equal("", _site.Offer("a", 75));
        Assert.Equal("open 7 v", _site.Closed(1));
    }

    [Fact]
    public void A_connection_without_work_is_closed_when_its_idle_time_is_over()
    {
        _site.WithIdleConnection();
        Assert.Equal("", _site.Pass(9.9));
        Assert.Equal("close 1", _site.Pass(0.1));
        Assert.Equal("", _site.Pass(10));
        Assert.Equal(1, _site.Machine.Connections);
        // What comes now is not for it.
        Assert.Equal("open 2 v", _site.Offer("a", 1));
        Assert.Equal("", _site.Closed(1));
        Assert.Equal(1, _site.Machine.Connections);
    }

    [Fact]
    public void A_batch_or_an_empty_answer_begins_the_idle_time_anew()
    {
        _site.WithIdleConnection();
        _site.Pass(9);
        _site.Offer("a", 1);
        Assert.Equal("", _site.Taken("a", 2, 0, 0));
        Assert.Equal("", _site.Ready(1, 0, 2));
        Assert.Equal("", _site.Pass(9.9));
        Assert.Equal("close 1", _site.Pass(0.1));
    }

    [Fact]
    public void Whoever_does_not_start_a_connection_in_time_is_asked_again_and_the_connection_counts()
    {
        _site.Offer("a", 21);
        _site.Started(2);
        _site.Started(3);
        Assert.Equal("", _site.Pass(9.9));
        Assert.Equal("open 1 v", _site.Pass(0.1));
        Assert.Equal(3, _site.Machine.Connections);
        Assert.Equal("", _site.Pass(9.9));
        Assert.Equal("open 1 v", _site.Pass(0.1));
        _site.Started(1);
        Assert.Equal("", _site.Pass(10));
    }

    [Fact]
    public void One_that_nobody_is_left_to_start_makes_room_for_another()
    {
        _site.Offer("a", 1);
        _site.Pass(10);
        Assert.Equal("unreachable v 60, defer a 4.4.1", _site.Closed(1, DeferralReason.NodeLost));
        Assert.Equal(0, _site.Machine.Connections);
        // It was only late: nobody needs it any more.
        _site.Started(1);
        Assert.Equal("close 1", _site.Ready(1));
    }

    [Fact]
    public void What_an_earlier_owner_has_left_counts_against_the_limit()
    {
        Assert.Equal("", _site.Inherited(2));
        Assert.Equal("open 1 v", _site.Offer("a", 100));
        Assert.Equal("open 2 v", _site.Inherited(1));
        Assert.Equal("", _site.Inherited(1));
        Assert.Equal("open 3 v", _site.Inherited(0));
    }

    [Fact]
    public void Where_an_earlier_owner_has_left_more_than_the_limit_none_is_opened()
    {
        _site.Inherited(7);
        Assert.Equal("", _site.Offer("a", 100));
        Assert.Equal("", _site.Inherited(3));
        Assert.Equal("open 1 v", _site.Inherited(2));
    }

    [Fact]
    public void One_that_was_started_may_take_as_long_as_it_needs()
    {
        _site.Offer("a", 1);
        _site.Started(1);
        Assert.Equal("", _site.Pass(600));
        Assert.Equal("pull a 1 #2 x10", _site.Ready(1));
        _site.Taken("a", 2, 1);
        Assert.Equal("", _site.Pass(6000));
        Assert.Equal("", _site.Ready(1, 1, 2));
    }

    [Fact]
    public void A_pull_that_is_not_answered_in_time_is_given_up_and_the_connection_serves_others()
    {
        _site.WithIdleConnection();
        _site.Offer("gone", 10);
        _site.Offer("b", 10);
        Assert.Equal("", _site.Pass(4.9));
        Assert.Equal("pull b 1 #4 x10", _site.Pass(0.1));
        // The first queue offered nothing since, so nothing is asked of it.
        _site.Taken("b", 4, 10, 0);
        Assert.Equal("", _site.Ready(1, 10, 4));
        Assert.Equal("pull gone 1 #5 x10", _site.Offer("gone", 3));
    }

    [Fact]
    public void An_answer_after_that_still_tells_what_is_ready()
    {
        _site.WithIdleConnection();
        _site.Offer("late", 10);
        _site.Pass(5);
        Assert.Equal(0, _site.Machine.Queues);
        Assert.Equal("pull late 1 #3 x10", _site.Taken("late", 2, 10, ready: 40).Split(", ")[0]);
    }

    [Fact]
    public void A_connection_that_breaks_gives_its_claim_back_and_the_queue_is_served_again_without_a_word()
    {
        _site.WithIdleConnection();
        Assert.Equal("pull a 1 #2 x10", _site.Offer("a", 5));
        Assert.Equal("open 3 v", _site.Closed(1, DeferralReason.ConnectionLost));
        Assert.Equal("pull a 3 #4 x10", _site.Ready(3));
    }

    [Fact]
    public void A_batch_whose_answer_was_lost_does_not_hold_its_queue_up()
    {
        _site.WithIdleConnection();
        Assert.Equal("pull a 1 #2 x10", _site.Offer("a", 5));
        // The word of the queue is missing, that of the connection is not.
        Assert.Equal("pull a 1 #3 x10", _site.Ready(1, 5, 2));
    }

    [Fact]
    public void Words_of_earlier_batches_and_of_unknown_connections_change_nothing()
    {
        _site.WithIdleConnection();
        _site.Offer("a", 100);
        _site.Taken("a", 2, 10, 90);
        Assert.Equal("pull a 1 #5 x10", _site.Ready(1, 10, 2));
        Assert.Equal("", _site.Ready(1, 10, 2));
        Assert.Equal("", _site.Ready(1, 0, 0));
        Assert.Equal("", _site.Taken("a", 99, 10, 90));
        Assert.Equal("close 77", _site.Ready(77, 0, 0));
        Assert.Equal("", _site.Closed(77, DeferralReason.HostUnreachable));
        Assert.Equal("", _site.Taken("unknown", 98, 1, 50));
        Assert.Equal(3, _site.Machine.Connections);
        // The pull under way is answered as if nothing had been.
        Assert.Equal("", _site.Taken("a", 5, 10, 80));
        Assert.Equal("pull a 1 #6 x5", _site.Ready(1, 20, 5));
    }

    [Fact]
    public void A_word_that_comes_twice_counts_once()
    {
        _site.Offer("a", 1);
        _site.Started(1);
        _site.Started(1);
        Assert.Equal("pull a 1 #2 x10", _site.Ready(1));
        Assert.Equal("", _site.Ready(1));
        Assert.Equal("", _site.Taken("a", 2, 1, 0));
        Assert.Equal("", _site.Taken("a", 2, 1, 0));
        Assert.Equal("", _site.Ready(1, 1, 2));
        _site.Pass(5);
        Assert.Equal("", _site.Ready(1, 1, 2));
        // The second word of the same batch does not make it younger.
        Assert.Equal("close 1", _site.Pass(5));
        Assert.Equal("", _site.Ready(1, 1, 2));
        Assert.Equal("", _site.Closed(1));
        Assert.Equal("", _site.Closed(1));
        Assert.True(_site.Machine.IsEmpty);
    }

    [Fact]
    public void The_end_of_a_batch_before_its_answer_is_not_mistaken_for_work()
    {
        _site.WithIdleConnection();
        _site.Offer("a", 10);
        // The connection was quick, and its word came before the queue's.
        Assert.Equal("pull a 1 #3 x10", _site.Ready(1, 10, 2));
        Assert.Equal("", _site.Taken("a", 2, 10, 0));
        Assert.Equal("", _site.Ready(1, 10, 3));
        Assert.Equal("close 1", _site.Pass(10));
    }

    [Fact]
    public void Numbers_begin_above_those_of_the_site_before() =>
        Assert.Equal(
            new SiteAction.Open(1001, "v"),
            Assert.Single(new SiteMachine(new SiteLimits(), firstNumber: 1000).Offer(new QueueKey("a"), "v", 1, Make.T0)));
}
