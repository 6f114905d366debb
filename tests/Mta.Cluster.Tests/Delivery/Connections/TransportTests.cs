using System.Net.Sockets;
using Mta.Cluster.Delivery;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>LMTP, and messages that do not fit into memory.</summary>
public sealed class TransportTests
{
    private const string Body = "Subject: one\r\n\r\ntext\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LMTP_answers_for_each_recipient(bool isUnix)
    {
        Func<ScriptedPeer.Dialogue, Task> script = async d =>
        {
            await d.SayAsync("220 peer.test LMTP");
            await d.AnswerEhloAsync("LHLO");
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT TO:<a@", "250 ok");
            await d.ExpectAsync("RCPT TO:<b@", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await d.ContentAsync();
            await d.SayAsync("250 2.0.0 stored", "452 4.2.2 full");
            await d.EndAsync();
        };
        var path = Path.Combine(Path.GetTempPath(), $"mta-lmtp-{Guid.NewGuid():N}");
        await using var peer = isUnix ? new ScriptedPeer(new UnixDomainSocketEndPoint(path), script) : new ScriptedPeer(script);
        using var harness = new ConnectionHarness(ConnectionHarness.Route(r => r.Via = isUnix ? RouteVia.LmtpSocket : RouteVia.Lmtp));
        var plan = isUnix
            ? ConnectionHarness.PlanTo(TlsPolicy.None, DeliveryTransport.LmtpUnix, new DeliveryHost(path, 0, 0))
            : ConnectionHarness.PlanTo(TlsPolicy.None, DeliveryTransport.Lmtp, new DeliveryHost("127.0.0.1", peer.Port, 0));
        harness.Hand(harness.OpenReady(plan), harness.Message(Body, "a", "b"));
        var report = harness.ExpectReports(1)[0];
        Assert.True(Assert.IsType<RecipientOutcome.Delivered>(report.Outcomes[0]).Final);
        Assert.Equal(DeferralReason.ContentDeferred, Assert.IsType<RecipientOutcome.Deferred>(report.Outcomes[1]).Reason);
        Assert.Equal(isUnix ? path : "127.0.0.1", report.Peer!.Host);
    }

    [Fact]
    public async Task A_message_in_pieces_goes_through_whole()
    {
        const int Pieces = 40;
        const int Size = 256 * 1024;
        long got = 0;
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("CHUNKING", "SIZE");
            var mail = await d.ExpectAsync("MAIL", "250 ok");
            Assert.EndsWith($" SIZE={Pieces * Size}", mail, StringComparison.Ordinal);
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync($"BDAT {Pieces * Size} LAST");
            for (var i = 0; i < Pieces; i++)
                got += (await d.OctetsAsync(Size)).Length;
            await d.SayAsync("250 2.0.0 taken");
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(new PiecesBody(Pieces, Size), "to"));
        Assert.IsType<RecipientOutcome.Delivered>(harness.ExpectReports(1)[0].Outcomes[0]);
        Assert.Equal((long)Pieces * Size, got);
    }

    [Fact]
    public async Task A_no_in_the_middle_of_the_content_is_heard_although_the_peer_takes_no_more()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await d.OctetsAsync(1000);
            await d.SayAsync("552 5.3.4 too big");
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(new PiecesBody(400, 256 * 1024), "to"));
        var outcome = harness.ExpectReports(1)[0].Outcomes[0];
        // The reset that follows may overtake the reply; then the message stays.
        if (outcome is RecipientOutcome.Rejected rejected)
            Assert.Equal("552 5.3.4 too big", rejected.Reply.ToString());
        else
            Assert.Equal(DeferralReason.ConnectionLost, Assert.IsType<RecipientOutcome.Deferred>(outcome).Reason);
        harness.ExpectClosed();
    }

    [Fact]
    public async Task A_peer_that_takes_no_more_of_the_content_runs_into_the_timeout_of_a_block()
    {
        var stop = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await stop.Task.WaitAsync(TestContext.Current.CancellationToken);
        });
        using var harness = new ConnectionHarness(o =>
        {
            ConnectionHarness.Route()(o);
            o.Timeouts.DataBlock = TimeSpan.FromMilliseconds(100);
        });
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(new PiecesBody(400, 256 * 1024), "to"));
        Assert.Equal(DeferralReason.PeerTimeout, Assert.IsType<RecipientOutcome.Deferred>(harness.ExpectReports(1)[0].Outcomes[0]).Reason);
        harness.ExpectClosed();
        stop.SetResult();
    }

    [Fact]
    public async Task Content_that_cannot_be_read_to_its_end_cuts_the_connection_and_is_no_message()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("MAIL", "250 ok");
            await d.ExpectAsync("RCPT", "250 ok");
            await d.ExpectAsync("DATA", "354 go");
            await Assert.ThrowsAnyAsync<IOException>(d.ContentAsync);
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var body = new PiecesBody(10, 64 * 1024, i => i < 3 ? Task.CompletedTask : throw new Cluster.Spool.SpoolUnavailableException("away"));
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(peer)), harness.Message(body, "to"));
        Assert.Equal(DeferralReason.LocalError, Assert.IsType<RecipientOutcome.Deferred>(harness.ExpectReports(1)[0].Outcomes[0]).Reason);
        harness.ExpectClosed();
        await peer.Done;
    }
}
