using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>MX records that lead back to this system (RFC 5321 §5.1): it and all hosts that are not better are no way.</summary>
public sealed class MailLoopTests
{
    private readonly DnsTable _dns = new DnsTable().Host("primary.test", "192.0.2.1").Host("other.test", "192.0.2.2").Host("loop.test", "127.0.0.1").Host("ours.test", "203.0.113.1");
    private readonly DeliveryOptions _options = new() { HeloName = "helo.test", OwnNames = ["alias.test."], OwnAddresses = ["203.0.113.1"] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("helo.test")]
    [InlineData("alias.test")]
    [InlineData("node.test")]
    [InlineData("ours.test")]
    [InlineData("loop.test")]
    public async Task This_system_alone_is_a_loop(string host)
    {
        _dns.Mx("example.test", $"10 {host}");
        Assert.Equal("554 5.4.6", await ResultAsync("example.test"));
    }

    [Theory]
    [InlineData("helo.test")]
    [InlineData("ours.test")]
    [InlineData("loop.test")]
    public async Task Better_hosts_stay_and_equal_and_worse_ones_go(string host)
    {
        _dns.Mx("example.test", $"10 primary.test, 20 {host}, 20 other.test, 30 other.test");
        // Whether the equal one is looked at before or after this system is left to chance.
        for (var i = 0; i < 20; i++)
            Assert.Equal("primary.test", await ResultAsync("example.test"));
    }

    [Theory]
    [InlineData("helo.test")]
    [InlineData("loop.test")]
    public async Task Where_this_system_is_the_best_host_there_is_no_way(string host)
    {
        _dns.Mx("example.test", $"10 {host}, 20 primary.test");
        Assert.Equal("554 5.4.6", await ResultAsync("example.test"));
    }

    [Fact]
    public async Task This_system_by_name_is_seen_beyond_the_hosts_that_are_considered()
    {
        _options.MaxHosts = 2;
        _dns.Mx("example.test", "10 primary.test, 10 other.test, 10 helo.test");
        for (var i = 0; i < 20; i++)
            Assert.Equal("554 5.4.6", await ResultAsync("example.test"));
    }

    [Theory]
    [InlineData("helo.test")]
    [InlineData("ours.test")]
    public async Task While_a_better_host_cannot_be_looked_up_mail_waits_for_it(string host)
    {
        _dns.Failing("failing.test").Mx("example.test", $"10 failing.test, 20 {host}, 30 other.test");
        Assert.Equal("451 4.4.3", await ResultAsync("example.test"));
        // One that was found and then cut off does not count.
        _dns.Mx("example.test", $"10 failing.test, 20 other.test, 20 {host}");
        for (var i = 0; i < 20; i++)
            Assert.Equal("451 4.4.3", await ResultAsync("example.test"));
    }

    [Fact]
    public async Task A_domain_without_mx_whose_address_is_ours_is_a_loop()
    {
        Assert.Equal("554 5.4.6", await ResultAsync("ours.test"));
        Assert.Equal("554 5.4.6", await ResultAsync("loop.test"));
        _dns.Host("helo.test");
        Assert.Equal("554 5.4.6", await ResultAsync("helo.test"));
    }

    [Theory]
    [InlineData("192.0.2.9 127.0.0.1")]
    [InlineData("::1 192.0.2.9")]
    [InlineData("0.0.0.0")]
    [InlineData("::ffff:203.0.113.1")]
    public async Task One_address_that_leads_back_is_enough(string addresses)
    {
        _dns.Host("mx.test", addresses).Mx("example.test", "10 mx.test");
        Assert.Equal("554 5.4.6", await ResultAsync("example.test"));
    }

    [Fact]
    public async Task Loopback_is_a_way_where_it_is_allowed_and_own_names_and_addresses_still_are_not()
    {
        _options.AllowLoopback = true;
        _dns.Mx("example.test", "10 loop.test").Mx("ours.example", "10 ours.test").Mx("name.example", "10 helo.test");
        Assert.Equal("loop.test", await ResultAsync("example.test"));
        Assert.Equal("554 5.4.6", await ResultAsync("ours.example"));
        Assert.Equal("554 5.4.6", await ResultAsync("name.example"));
        Assert.Equal("127.0.0.1", await ResultAsync("[127.0.0.1]"));
    }

    [Theory]
    [InlineData("127.0.0.1:2526", "127.0.0.1")]
    [InlineData("localhost", "localhost")]
    [InlineData("helo.test", "helo.test")]
    public async Task A_route_may_name_loopback_and_this_system_on_purpose(string host, string expected)
    {
        _options.Routes.Add(new RouteOptions { Domains = ["*"], Hosts = [host] });
        Assert.Equal(expected, await ResultAsync("example.test"));
    }

    /// <summary>The hosts' names, or the reply's codes.</summary>
    private async Task<string> ResultAsync(string domain) => await new Router(_options, _dns, ["node.test"]).ResolveAsync(domain, Cancel) switch
    {
        RouteResult.Routed routed => string.Join(' ', routed.Plan.Hosts.Select(h => h.Name)),
        RouteResult.Rejected rejected => $"{rejected.Reply.Code} {rejected.Reply.Enhanced}",
        RouteResult.Deferred { Reason: DeferralReason.DnsFailure } deferred => $"{deferred.Reply.Code} {deferred.Reply.Enhanced}",
        var other => other.ToString(),
    };
}
