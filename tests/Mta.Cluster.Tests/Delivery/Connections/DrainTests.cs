using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>The egress of a node that leaves: what is under way ends and is reported, to whichever node; what is asked for then is refused.</summary>
public sealed class DrainTests
{
    private const string Body = "Subject: one\r\n\r\nbody\r\n";

    [Fact]
    public async Task A_delivery_under_way_ends_and_is_reported_before_the_egress_has_drained()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dot = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await d.ContentAsync();
            dot.SetResult();
            await answer.Task.WaitAsync(TestContext.Current.CancellationToken);
            await d.SayAsync("250 2.0.0 taken");
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Hand(connection, harness.Message(Body, "to"));
        await dot.Task.WaitAsync(ConnectionHarness.Patience, TestContext.Current.CancellationToken);

        var leaving = harness.CreateTestProbe("leaving");
        harness.Egress.Tell(CountAlive.Instance, leaving);
        Assert.Equal(1, leaving.ExpectMsg<int>(ConnectionHarness.Patience));
        harness.Egress.Tell(DrainEgress.Instance, leaving);
        harness.Egress.Tell(CountAlive.Instance, leaving);
        Assert.Equal(1, leaving.ExpectMsg<int>(ConnectionHarness.Patience));
        answer.SetResult();
        leaving.ExpectMsg<EgressDrained>(ConnectionHarness.Patience);
        Assert.IsType<RecipientOutcome.Delivered>(Assert.Single(harness.ExpectReports(1)).Outcomes[0]);
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
    }

    [Fact]
    public async Task A_batch_that_comes_too_late_goes_back_as_it_came()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        Drain(harness);
        harness.Hand(connection, harness.Message(Body, "to"));
        Assert.Empty(Assert.Single(harness.ExpectReports(1)).Outcomes);
    }

    [Fact]
    public void Without_connections_it_has_drained_at_once()
    {
        using var harness = new ConnectionHarness();
        Drain(harness);
    }

    [Fact]
    public void What_sites_still_ask_for_ends_in_good_order_so_that_they_ask_another_node()
    {
        using var harness = new ConnectionHarness();
        Drain(harness);
        harness.Others.Other = harness.Site.Ref;
        harness.Egress.Tell(
            new OpenConnection("site", 7, ConnectionHarness.PlanTo(Mta.Cluster.Delivery.TlsPolicy.None, DeliveryTransport.Smtp, new DeliveryHost("127.0.0.1", 9, 0)), "", harness.Site), harness.Site);
        var closed = harness.ExpectClosed();
        Assert.Equal((7, DeferralReason.None), (closed.ConnectionId, closed.Reason));
    }

    [Fact]
    public void Where_no_other_node_makes_connections_the_site_is_told()
    {
        using var harness = new ConnectionHarness();
        Drain(harness);
        harness.Egress.Tell(
            new OpenConnection("site", 7, ConnectionHarness.PlanTo(Mta.Cluster.Delivery.TlsPolicy.None, DeliveryTransport.Smtp, new DeliveryHost("127.0.0.1", 9, 0)), "", harness.Site), harness.Site);
        var closed = harness.ExpectClosed();
        Assert.Equal((7, DeferralReason.LocalError), (closed.ConnectionId, closed.Reason));
    }

    private static void Drain(ConnectionHarness harness)
    {
        var leaving = harness.CreateTestProbe("leaving");
        harness.Egress.Tell(DrainEgress.Instance, leaving);
        leaving.ExpectMsg<EgressDrained>(ConnectionHarness.Patience);
    }
}
