using Mta.Cluster.Contracts;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>What a site's new owner hears of the connections that an earlier owner has left on a node.</summary>
public sealed class CensusTests
{
    [Fact]
    public async Task A_connection_of_an_earlier_owner_is_counted_until_it_has_ended_after_its_batch()
    {
        var finish = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("8BITMIME");
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await d.ContentAsync();
            await finish.Task.WaitAsync(TestContext.Current.CancellationToken);
            await d.SayAsync("250 2.0.0 taken");
            await d.QuitAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.OpenReady(ConnectionHarness.PlanTo(peer));
        harness.Hand(connection, harness.Message("Subject: one\r\n\r\n", "to"));

        var successor = harness.CreateTestProbe("successor");
        harness.Egress.Tell(new CountConnections("site", 7, successor), successor);
        Assert.Equal(new ConnectionsLeft("site", 7, 1), successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience));
        finish.SetResult();
        Assert.Equal(new ConnectionsLeft("site", 7, 0), successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience));
        harness.ExpectReports(1);
        await peer.Done;
    }

    [Fact]
    public async Task An_idle_connection_of_an_earlier_owner_ends_and_those_of_the_asker_and_of_other_sites_stay()
    {
        await using var peer = new ScriptedPeer(d => Serve(d), d => Serve(d), d => Serve(d));
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.OpenReady(ConnectionHarness.PlanTo(peer));
        var successor = harness.CreateTestProbe("successor");
        harness.Egress.Tell(new OpenConnection("site", 2, ConnectionHarness.PlanTo(peer), "", successor), successor);
        harness.Egress.Tell(new OpenConnection("other", 3, ConnectionHarness.PlanTo(peer), "", harness.Site), harness.Site);
        successor.FishForMessage<ConnectionReady>(_ => true, ConnectionHarness.Patience);
        harness.Site.FishForMessage<ConnectionReady>(m => m.ConnectionId == 3, ConnectionHarness.Patience);

        harness.Egress.Tell(new CountConnections("site", 7, successor), successor);
        Assert.Equal(1, successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience).Count);
        Assert.Equal(1, harness.ExpectClosed().ConnectionId);
        Assert.Equal(0, successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience).Count);
        // Nothing is left, so there is nothing to say when one of its own ends.
        harness.Egress.Tell(new CountConnections("site", 8, successor), successor);
        Assert.Equal(new ConnectionsLeft("site", 8, 0), successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience));
        harness.Egress.Tell(new CountConnections("nobody's", 9, successor), successor);
        Assert.Equal(new ConnectionsLeft("nobody's", 9, 0), successor.ExpectMsg<ConnectionsLeft>(ConnectionHarness.Patience));
        harness.Site.ExpectNoMsg(TimeSpan.Zero);
    }

    private static async Task Serve(ScriptedPeer.Dialogue dialogue)
    {
        await dialogue.OpenAsync("8BITMIME");
        await dialogue.QuitAsync();
    }
}
