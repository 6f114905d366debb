using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>An open connection and the batches that it is handed.</summary>
public sealed class ConversationTests
{
    private const string Body = "Subject: one\r\n\r\n.dot\r\n";

    [Fact]
    public async Task A_message_is_sent_and_reported_with_its_peer()
    {
        var content = "";
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("8BITMIME");
            content = await d.TakeMessageAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        var message = harness.Message(Body, "to");
        var batch = harness.Hand(connection, message);

        var report = Assert.Single(harness.ExpectReports(1));
        Assert.Equal(message.Id, report.Id);
        var delivered = Assert.IsType<RecipientOutcome.Delivered>(Assert.Single(report.Outcomes));
        Assert.Equal("250 2.0.0 taken", delivered.Reply.ToString());
        Assert.True(delivered.Relayed);
        Assert.Equal(new DeliveryPeer("127.0.0.1", $"127.0.0.1:{peer.Port}", null) { Source = "127.0.0.1" }, report.Peer);
        harness.ExpectReady(1, batch.PullId);
        connection.Tell(new CloseConnection(1));
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
        Assert.Equal("Subject: one\r\n\r\n..dot\r\n", content);
    }

    [Fact]
    public async Task A_connection_that_has_ended_repeats_what_a_queue_of_another_node_has_not_answered_and_stays_until_it_has()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("8BITMIME");
            await d.TakeMessageAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        var queue = new RemoteQueue();
        connection.Tell(new DeliverBatch(3, 9, new QueueKey("d.test"), 1, [new AttemptedRef(harness.Message(Body, "to"), 1)]), queue);
        await queue.NextAsync(ConnectionHarness.Patience);
        harness.ExpectReady(1, 1);
        connection.Tell(new CloseConnection(1));
        harness.ExpectClosed();
        await queue.NextAsync(ConnectionHarness.Patience);
        await queue.NextAsync(ConnectionHarness.Patience);
        Assert.Single(queue.Told.Select(r => r.ReportId).Distinct());

        harness.Watch(connection);
        connection.Tell(new ReportTaken(queue.Told.First().ReportId));
        harness.ExpectTerminated(connection, ConnectionHarness.Patience);
        await peer.Done;
    }

    [Fact]
    public async Task Messages_follow_each_other_without_waiting_for_replies()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("PIPELINING");
            await d.ExpectAsync("MAIL");
            await d.ExpectAsync("RCPT TO:<a@");
            await d.ExpectAsync("DATA", "250 ok", "250 ok", "354 go");
            await d.ContentAsync();
            // The next message's commands are here before this one's content is answered.
            await d.ExpectAsync("MAIL");
            await d.ExpectAsync("RCPT TO:<b@");
            await d.ExpectAsync("DATA", "250 2.0.0 first", "250 ok", "250 ok", "354 go");
            await d.ContentAsync();
            await d.SayAsync("250 2.0.0 second");
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Hand(connection, harness.Message(Body, "a"), harness.Message(Body, "b"));
        var reports = harness.ExpectReports(2);
        Assert.Equal(["250 2.0.0 first", "250 2.0.0 second"], reports.Select(r => r.Outcomes[0].Reply.ToString()));
        harness.ExpectReady(2, 1);
    }

    [Fact]
    public async Task Recipients_of_one_message_end_each_in_its_own_way()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT TO:<yes@", "250 ok");
            await d.ExpectAsync("RCPT TO:<no@", "550 5.1.1 unknown");
            await d.ExpectAsync("RCPT TO:<later@", "450 4.2.1 busy");
            await d.ExpectAsync("DATA", "354 go");
            await d.ContentAsync();
            await d.SayAsync("250 ok");
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(Body, "yes", "no", "later"));
        var outcomes = harness.ExpectReports(1)[0].Outcomes;
        Assert.IsType<RecipientOutcome.Delivered>(outcomes[0]);
        Assert.Equal("550 5.1.1 unknown", Assert.IsType<RecipientOutcome.Rejected>(outcomes[1]).Reply.ToString());
        Assert.Equal(DeferralReason.RecipientDeferred, Assert.IsType<RecipientOutcome.Deferred>(outcomes[2]).Reason);
    }

    [Fact]
    public async Task A_break_after_the_final_dot_leaves_the_message_in_doubt_and_the_next_untouched()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("PIPELINING");
            await d.ExpectAsync("MAIL");
            await d.ExpectAsync("RCPT");
            await d.ExpectAsync("DATA", "250 ok", "250 ok", "354 go");
            await d.ContentAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(Body, "a"), harness.Message(Body, "b"), harness.Message(Body, "c"));
        var reports = harness.ExpectReports(3);
        Assert.Equal(DeferralReason.InDoubt, Assert.IsType<RecipientOutcome.Deferred>(Assert.Single(reports[0].Outcomes)).Reason);
        Assert.True(reports[1].NotAttempted);
        Assert.True(reports[2].NotAttempted);
        Assert.Equal(DeferralReason.ConnectionLost, harness.ExpectClosed().Reason);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task A_peer_that_is_gone_at_MAIL_costs_an_attempt_only_on_a_new_connection(int before, bool isHandedBack)
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            for (var i = 0; i < before; i++)
                await d.TakeMessageAsync();
            await d.ExpectAsync("MAIL");
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var messages = Enumerable.Range(0, before + 1).Select(_ => harness.Message(Body, "to")).ToArray();
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), messages);
        var last = harness.ExpectReports(before + 1)[^1];
        Assert.Equal(isHandedBack, last.NotAttempted);
        if (!isHandedBack)
            Assert.Equal(DeferralReason.ConnectionLost, Assert.IsType<RecipientOutcome.Deferred>(last.Outcomes[0]).Reason);
        Assert.Equal(DeferralReason.ConnectionLost, harness.ExpectClosed().Reason);
    }

    [Fact]
    public async Task A_peer_that_closes_what_is_idle_ends_in_good_order_and_a_late_batch_goes_back()
    {
        var isIdle = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await isIdle.Task.WaitAsync(TestContext.Current.CancellationToken);
            await d.SayAsync("421 4.4.2 idle for too long");
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        isIdle.SetResult();
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        harness.Hand(connection, harness.Message(Body, "to"));
        Assert.True(harness.ExpectReports(1)[0].NotAttempted);
    }

    [Fact]
    public async Task A_peer_that_stalls_runs_into_the_timeout_of_the_command()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT");
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(o =>
        {
            ConnectionHarness.Route()(o);
            o.Timeouts.Rcpt = TimeSpan.FromMilliseconds(100);
        });
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(Body, "to"));
        Assert.Equal(DeferralReason.PeerTimeout, Assert.IsType<RecipientOutcome.Deferred>(harness.ExpectReports(1)[0].Outcomes[0]).Reason);
        harness.ExpectClosed();
    }

    [Fact]
    public async Task An_empty_batch_makes_the_connection_ready_again()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.TakeMessageAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Hand(connection);
        harness.ExpectReady(0, 1);
        harness.Hand(connection, harness.Message(Body, "to"));
        harness.ExpectReports(1);
        harness.ExpectReady(1, 2);
    }

    [Fact]
    public async Task A_connection_that_is_told_to_close_first_finishes_its_batch()
    {
        var closed = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL");
            await closed.Task.WaitAsync(TestContext.Current.CancellationToken);
            await d.SayAsync("250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await d.ContentAsync();
            await d.SayAsync("250 ok");
            await d.TakeMessageAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Hand(connection, harness.Message(Body, "to"), harness.Message(Body, "to"));
        connection.Tell(new CloseConnection(1));
        closed.SetResult();
        Assert.All(harness.ExpectReports(2), r => Assert.IsType<RecipientOutcome.Delivered>(r.Outcomes[0]));
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
    }

    [Fact]
    public async Task A_connection_whose_site_is_gone_ends_after_its_batch()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.TakeMessageAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Watch(connection);
        harness.Hand(connection, harness.Message(Body, "to"));
        harness.Sys.Stop(harness.Site);
        Assert.IsType<RecipientOutcome.Delivered>(harness.ExpectReports(1)[0].Outcomes[0]);
        await peer.Done;
        harness.ExpectTerminated(connection, ConnectionHarness.Patience, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_connection_that_is_left_without_a_word_ends_by_itself()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route(), idleAtMost: TimeSpan.FromMilliseconds(50));
        harness.OpenReady(ConnectionHarness.PlanTo(peer));
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
    }

    [Fact]
    public async Task A_body_that_is_missing_is_told_loudly_and_the_others_go_on()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.TakeMessageAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        var missing = harness.Message(Body, "to");
        harness.Spool.Bodies.Clear();
        harness.Hand(connection, missing, harness.Message(Body, "to"));
        var reports = harness.ExpectReports(2).ToDictionary(r => r.Id);
        Assert.Equal(DeferralReason.LocalError, Assert.IsType<RecipientOutcome.Deferred>(reports[missing.Id].Outcomes[0]).Reason);
        Assert.Contains(harness.Lines.All, l => l.Contains(missing.Id.Message.ToString(), StringComparison.Ordinal) && l.StartsWith("Error", StringComparison.Ordinal));
        harness.ExpectReady(1, 1);
    }

    [Fact]
    public async Task What_the_spool_cannot_open_now_is_handed_back()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        var gate = new TaskCompletionSource();
        harness.Spool.Gate = gate.Task;
        var (one, two) = (harness.Message(Body, "to"), harness.Message(Body, "to"));
        harness.Spool.Bodies[one.Id.Message] = () => throw new SpoolUnavailableException("the database is away");
        harness.Hand(connection, one, two);
        gate.SetResult();
        Assert.All(harness.ExpectReports(2), r => Assert.True(r.NotAttempted));
        harness.ExpectReady(0, 1);
    }

    [Fact]
    public async Task Bodies_are_given_back_however_the_batch_ends()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.TakeMessageAsync();
            await d.ExpectAsync("MAIL");
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        MemoryBody[] bodies = [new(Body), new(Body), new(Body)];
        harness.Hand(connection, [.. bodies.Select(b => harness.Message(b, "to"))]);
        harness.ExpectReports(3);
        await bodies[0].Disposed.Task.WaitAsync(ConnectionHarness.Patience, TestContext.Current.CancellationToken);
        await bodies[1].Disposed.Task.WaitAsync(ConnectionHarness.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_peer_with_a_limit_of_messages_gets_no_more_and_the_rest_goes_back()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("LIMITS MAILMAX=1");
            await d.TakeMessageAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(Body, "to"), harness.Message(Body, "to"));
        var reports = harness.ExpectReports(2);
        Assert.False(reports[0].NotAttempted);
        Assert.True(reports[1].NotAttempted);
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
    }
}
