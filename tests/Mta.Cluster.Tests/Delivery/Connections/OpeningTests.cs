using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>From the request to an open session: hosts, addresses, TLS, authentication, slots.</summary>
public sealed class OpeningTests
{
    private const string Body = "Subject: one\r\n\r\ntext\r\n";

    [Fact]
    public async Task The_next_host_serves_where_the_first_refuses_the_connection_or_the_session()
    {
        await using var no = new ScriptedPeer(async d => await d.SayAsync("554 5.3.2 no mail here"));
        await using var yes = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var plan = ConnectionHarness.PlanTo(
            TlsPolicy.None, DeliveryTransport.Smtp,
            new DeliveryHost("127.0.0.1", FreePort(), 0), new DeliveryHost("127.0.0.1", no.Port, 10), new DeliveryHost("127.0.0.1", yes.Port, 20));
        harness.OpenReady(plan);
        Assert.Equal(2, harness.Lines.All.Count(l => l.Contains("failed, host=127.0.0.1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_no_host_serves_the_site_is_told_the_last_reason()
    {
        await using var peer = new ScriptedPeer(async d => await d.SayAsync("421 4.3.2 go away"));
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Open(ConnectionHarness.PlanTo(TlsPolicy.None, DeliveryTransport.Smtp, new DeliveryHost("127.0.0.1", FreePort(), 0), new DeliveryHost("127.0.0.1", peer.Port, 10)));
        var closed = harness.ExpectClosed();
        Assert.Equal(DeferralReason.GreetingRefused, closed.Reason);
        Assert.Equal("421 4.3.2 go away", closed.Reply?.ToString());
    }

    [Fact]
    public async Task A_host_that_an_operator_has_ordered_may_be_this_machine()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness();
        harness.OpenReady(ConnectionHarness.PlanTo(peer) with { Route = RouteTargets.Ordered });
    }

    [Fact]
    public void A_port_where_nobody_listens_is_unreachable()
    {
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Open(ConnectionHarness.PlanTo(TlsPolicy.None, DeliveryTransport.Smtp, new DeliveryHost("127.0.0.1", FreePort(), 0)));
        var closed = harness.ExpectClosed();
        Assert.Equal((DeferralReason.HostUnreachable, 451), (closed.Reason, closed.Reply!.Code));
    }

    [Fact]
    public async Task A_peer_that_does_not_greet_runs_into_the_timeout()
    {
        await using var peer = new ScriptedPeer(d => d.EndAsync());
        using var harness = new ConnectionHarness(o =>
        {
            ConnectionHarness.Route()(o);
            o.Timeouts.Greeting = TimeSpan.FromMilliseconds(100);
        });
        harness.Open(ConnectionHarness.PlanTo(peer));
        Assert.Equal(DeferralReason.PeerTimeout, harness.ExpectClosed().Reason);
    }

    [Fact]
    public void A_host_found_by_MX_that_leads_back_here_is_not_connected_to()
    {
        using var harness = new ConnectionHarness();
        harness.Dns.Add("mx.d.test", "127.0.0.1");
        harness.Open(new DeliveryPlan("site", DeliveryTransport.Smtp, [new("mx.d.test", 25, 0)], TlsPolicy.None, null));
        Assert.Equal(DeferralReason.LoopDetected, harness.ExpectClosed().Reason);
    }

    [Fact]
    public void A_host_whose_name_cannot_be_looked_up_is_a_DNS_failure()
    {
        using var harness = new ConnectionHarness();
        harness.Dns.Addresses["mx.d.test"] = new(Cluster.Dns.DnsStatus.Failed, [], TimeSpan.Zero, "SERVFAIL");
        harness.Open(new DeliveryPlan("site", DeliveryTransport.Smtp, [new("mx.d.test", 25, 0)], TlsPolicy.None, null));
        Assert.Equal(DeferralReason.DnsFailure, harness.ExpectClosed().Reason);
    }

    [Fact]
    public async Task Opportunistic_TLS_is_used_and_goes_on_in_clear_where_the_handshake_fails()
    {
        using var certificate = ScriptedPeer.Certificate("peer.test");
        await using var good = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("STARTTLS");
            await d.ExpectAsync("STARTTLS", "220 go");
            await d.StartTlsAsync(certificate);
            await d.AnswerEhloAsync("EHLO");
            await d.TakeMessageAsync();
            await d.EndAsync();
        });
        await using var bad = new ScriptedPeer(
            async d =>
            {
                await d.OpenAsync("STARTTLS");
                await d.ExpectAsync("STARTTLS", "220 go");
                await d.SayAsync("this is no TLS");
            },
            async d =>
            {
                await d.OpenAsync("STARTTLS");
                await d.TakeMessageAsync();
                await d.EndAsync();
            });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Hand(harness.OpenReady(ConnectionHarness.PlanTo(good, TlsPolicy.Opportunistic)), harness.Message(Body, "to"));
        Assert.StartsWith("TLS1.", harness.ExpectReports(1)[0].Peer!.Tls, StringComparison.Ordinal);
        harness.ExpectReady(1, 1);
        var second = harness.Open(ConnectionHarness.PlanTo(bad, TlsPolicy.Opportunistic), 2);
        harness.ExpectReady(0, 0);
        harness.Hand(second, harness.Message(Body, "to"));
        Assert.Null(harness.ExpectReports(1)[0].Peer!.Tls);
    }

    [Fact]
    public async Task Required_TLS_that_is_not_offered_defers()
    {
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.ExpectAsync("QUIT");
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Open(ConnectionHarness.PlanTo(peer, TlsPolicy.Require));
        Assert.Equal(DeferralReason.TlsFailed, harness.ExpectClosed().Reason);
        await peer.Done;
    }

    [Theory]
    [InlineData(TlsPolicy.Verify, "peer.test", true)]
    [InlineData(TlsPolicy.Verify, "other.test", false)]
    [InlineData(TlsPolicy.Implicit, "peer.test", true)]
    [InlineData(TlsPolicy.Implicit, "other.test", false)]
    public async Task A_verified_peer_must_show_its_name_and_an_authority_that_is_trusted(TlsPolicy policy, string name, bool isGood)
    {
        using var certificate = ScriptedPeer.Certificate(name);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var peer = new ScriptedPeer(async d =>
        {
            if (policy == TlsPolicy.Implicit)
            {
                await d.StartTlsAsync(certificate);
                await d.OpenAsync();
            }
            else
            {
                await d.OpenAsync("STARTTLS");
                await d.ExpectAsync("STARTTLS", "220 go");
                await d.StartTlsAsync(certificate);
                await d.AnswerEhloAsync("EHLO");
            }
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(o =>
        {
            ConnectionHarness.Route()(o);
            o.AuthoritiesFile = file;
        });
        harness.Dns.Add("peer.test", "127.0.0.1");
        harness.Open(ConnectionHarness.PlanTo(policy, DeliveryTransport.Smtp, new DeliveryHost("peer.test", peer.Port, 0)));
        if (isGood)
            harness.ExpectReady(0, 0);
        else
            Assert.Equal(DeferralReason.TlsFailed, harness.ExpectClosed().Reason);
        File.Delete(file);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_does_not_verify()
    {
        using var certificate = ScriptedPeer.Certificate("peer.test");
        await using var peer = new ScriptedPeer(async d =>
        {
            await d.OpenAsync("STARTTLS");
            await d.ExpectAsync("STARTTLS", "220 go");
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await d.StartTlsAsync(certificate);
                await d.AnswerEhloAsync("EHLO");
            });
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        harness.Dns.Add("peer.test", "127.0.0.1");
        harness.Open(ConnectionHarness.PlanTo(TlsPolicy.Verify, DeliveryTransport.Smtp, new DeliveryHost("peer.test", peer.Port, 0)));
        Assert.Equal(DeferralReason.TlsFailed, harness.ExpectClosed().Reason);
    }

    [Fact]
    public async Task A_smart_host_gets_the_credentials_under_TLS_and_a_changed_password_file_is_read_again()
    {
        using var certificate = ScriptedPeer.Certificate("peer.test");
        Func<ScriptedPeer.Dialogue, Task> script = async d =>
        {
            await d.OpenAsync("STARTTLS", "AUTH PLAIN");
            await d.ExpectAsync("STARTTLS", "220 go");
            await d.StartTlsAsync(certificate);
            await d.AnswerEhloAsync("EHLO", "AUTH PLAIN");
            await d.ExpectAsync("AUTH PLAIN ", "235 2.7.0 ok");
            await d.EndAsync();
        };
        await using var peer = new ScriptedPeer(script, script);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first\n", TestContext.Current.CancellationToken);
        using var harness = new ConnectionHarness(ConnectionHarness.Route(r => (r.User, r.PasswordFile) = ("user", file)));
        harness.OpenReady(ConnectionHarness.PlanTo(peer, TlsPolicy.Require));
        await File.WriteAllTextAsync(file, "second\n", TestContext.Current.CancellationToken);
        harness.Open(ConnectionHarness.PlanTo(peer, TlsPolicy.Require), 2);
        harness.ExpectReady(0, 0);
        var said = peer.Heard.Where(l => l.StartsWith("AUTH PLAIN ", StringComparison.Ordinal));
        Assert.Equal(["\0user\0first", "\0user\0second"], said.Select(l => Encoding.UTF8.GetString(Convert.FromBase64String(l["AUTH PLAIN ".Length..]))));
        File.Delete(file);
    }

    [Fact]
    public async Task A_password_that_cannot_be_read_defers_and_says_so()
    {
        await using var peer = new ScriptedPeer(d => d.EndAsync());
        using var harness = new ConnectionHarness(ConnectionHarness.Route(r => (r.User, r.PasswordFile) = ("user", "/nowhere/password")));
        harness.Open(ConnectionHarness.PlanTo(peer, TlsPolicy.Require));
        Assert.Equal(DeferralReason.AuthenticationFailed, harness.ExpectClosed().Reason);
        Assert.Contains(harness.Lines.All, l => l.Contains("the password cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_the_limit_of_the_node_a_connection_waits_for_its_slot()
    {
        await using var first = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.QuitAsync();
        });
        await using var second = new ScriptedPeer(async d =>
        {
            await d.OpenAsync();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(o =>
        {
            ConnectionHarness.Route()(o);
            o.MaxConnectionsPerNode = 1;
        });
        var one = harness.OpenReady(ConnectionHarness.PlanTo(first));
        harness.Open(ConnectionHarness.PlanTo(second), 2);
        Assert.Empty(second.Heard);
        one.Tell(new CloseConnection(1));
        harness.ExpectClosed();
        harness.ExpectReady(0, 0);
    }

    [Fact]
    public async Task A_connection_that_is_closed_before_it_is_open_ends_without_a_reason()
    {
        var accepted = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async d =>
        {
            accepted.SetResult();
            await d.EndAsync();
        });
        using var harness = new ConnectionHarness(ConnectionHarness.Route());
        var connection = harness.Open(ConnectionHarness.PlanTo(peer));
        await accepted.Task.WaitAsync(ConnectionHarness.Patience, TestContext.Current.CancellationToken);
        connection.Tell(new CloseConnection(1));
        Assert.Equal(DeferralReason.None, harness.ExpectClosed().Reason);
        await peer.Done;
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
