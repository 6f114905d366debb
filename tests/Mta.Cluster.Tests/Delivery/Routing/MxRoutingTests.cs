using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>From a domain to its hosts by MX (RFC 5321 §5, RFC 7505).</summary>
public sealed class MxRoutingTests
{
    private readonly DnsTable _dns = new();
    private readonly DeliveryOptions _options = new() { HeloName = "self.test" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_come_by_preference_with_the_smtp_port()
    {
        _dns.Mx("example.test", "30 c.test, 10 a.test, 20 b.test").Host("a.test").Host("b.test", "2001:db8::1").Host("c.test", "192.0.2.3 2001:db8::3");
        _options.SmtpPort = 2525;
        var plan = await RoutedAsync("example.test");
        Assert.Equal([new DeliveryHost("a.test", 2525, 10), new("b.test", 2525, 20), new("c.test", 2525, 30)], plan.Hosts);
        Assert.Equal((DeliveryTransport.Smtp, TlsPolicy.Opportunistic, null), (plan.Transport, plan.Tls, plan.Route));
    }

    [Fact]
    public async Task Equals_come_in_random_order_and_never_before_their_betters()
    {
        _dns.Mx("example.test", "10 a.test, 10 b.test, 5 first.test, 20 last.test").Host("a.test").Host("b.test").Host("first.test").Host("last.test");
        var seconds = new Dictionary<string, int> { ["a.test"] = 0, ["b.test"] = 0 };
        for (var i = 0; i < 200; i++)
        {
            var names = (await RoutedAsync("example.test")).Hosts.Select(h => h.Name).ToList();
            Assert.Equal(("first.test", "last.test"), (names[0], names[3]));
            seconds[names[1]]++;
        }
        // Fewer than 60 of 200 fair throws come once in a hundred million runs.
        Assert.All(seconds.Values, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public async Task Without_mx_records_the_domain_is_its_own_host()
    {
        _dns.Host("example.test");
        Assert.Equal([new DeliveryHost("example.test", 25, 0)], (await RoutedAsync("example.test")).Hosts);
    }

    [Fact]
    public async Task With_mx_records_the_domain_itself_is_no_host()
    {
        _dns.Host("example.test").Mx("example.test", "10 gone.test");
        await RejectedAsync("example.test", "550 5.4.4");
    }

    [Theory]
    [InlineData("missing.test", "550 5.1.2")]
    [InlineData("empty.test", "550 5.1.2")]
    [InlineData("nomail.test", "556 5.1.10")]
    [InlineData("nohosts.test", "550 5.4.4")]
    [InlineData("addresses.test", "550 5.4.4")]
    [InlineData("127.0.0.1", "550 5.1.2")]
    public async Task No_way_ever_is_a_rejection(string domain, string expected)
    {
        _dns.Empty("empty.test").Mx("nomail.test", "0 .").Empty("e.test").Mx("nohosts.test", "10 e.test, 20 gone.test");
        // An exchange that is an address is no host name; least of all one that leads back here.
        _dns.Mx("addresses.test", "10 127.0.0.1, 20 192.0.2.1, 30 0x7f.1, 40 1").Empty("127.0.0.1").Failing("127.0.0.1").Host("192.0.2.1");
        await RejectedAsync(domain, expected);
    }

    [Fact]
    public async Task Null_mx_beside_others_is_no_host_and_forbids_nothing()
    {
        _dns.Mx("example.test", "0 ., 10 a.test").Host("a.test");
        Assert.Equal(["a.test"], Names(await RoutedAsync("example.test")));
    }

    [Theory]
    [InlineData("failing.test")]
    [InlineData("implicit.test")]
    [InlineData("nohost.test")]
    [InlineData("onlyfailing.test")]
    public async Task A_name_server_that_fails_defers(string domain)
    {
        _dns.Failing("failing.test").Failing("mx.test").Mx("nohost.test", "10 mx.test, 20 gone.test").Mx("onlyfailing.test", "10 mx.test");
        _dns.Empty("implicit.test").Failing("implicit.test");
        await DeferredAsync(domain, DeferralReason.DnsFailure, "451 4.4.3");
    }

    [Fact]
    public async Task A_host_without_address_is_left_out_and_one_that_cannot_be_looked_up_now_stays()
    {
        _dns.Mx("example.test", "10 gone.test, 20 failing.test, 30 a.test").Failing("failing.test").Host("a.test");
        Assert.Equal(["failing.test", "a.test"], Names(await RoutedAsync("example.test")));
    }

    [Fact]
    public async Task No_more_hosts_are_considered_than_configured()
    {
        _options.MaxHosts = 3;
        _dns.Mx("example.test", string.Join(", ", Enumerable.Range(0, 10).Select(i => $"{i} h{i}.test")));
        for (var i = 0; i < 10; i++)
            _dns.Host($"h{i}.test");
        Assert.Equal(["h0.test", "h1.test", "h2.test"], Names(await RoutedAsync("example.test")));
        Assert.Equal(3, _dns.Asked.Count);
    }

    [Fact]
    public async Task A_host_that_is_named_twice_is_one_with_its_better_preference()
    {
        _dns.Mx("example.test", "20 a.test, 10 a.test, 15 b.test").Host("a.test").Host("b.test");
        Assert.Equal([new DeliveryHost("a.test", 25, 10), new("b.test", 25, 15)], (await RoutedAsync("example.test")).Hosts);
    }

    [Theory]
    [InlineData(AddressFamilies.Ipv4, "four.test,both.test")]
    [InlineData(AddressFamilies.Ipv6, "six.test,both.test")]
    [InlineData(AddressFamilies.Both, "four.test,six.test,both.test")]
    public async Task Hosts_are_those_with_an_address_of_a_family_in_use(AddressFamilies families, string expected)
    {
        _options.AddressFamilies = families;
        _dns.Mx("example.test", "10 four.test, 20 six.test, 30 both.test").Host("four.test").Host("six.test", "2001:db8::6").Host("both.test", "2001:db8::7 192.0.2.7");
        Assert.Equal(expected.Split(','), Names(await RoutedAsync("example.test")));
    }

    [Fact]
    public async Task Where_only_the_other_family_is_left_mail_waits_for_the_operator()
    {
        _options.AddressFamilies = AddressFamilies.Ipv4;
        _dns.Mx("example.test", "10 six.test").Host("six.test", "2001:db8::6");
        await DeferredAsync("example.test", DeferralReason.HostUnreachable, "451 4.4.4");
        await DeferredAsync("[IPv6:2001:db8::6]", DeferralReason.HostUnreachable, "451 4.4.4");
    }

    [Theory]
    [InlineData("[192.0.2.7]", "192.0.2.7")]
    [InlineData("[IPv6:2001:db8::7]", "2001:db8::7")]
    public async Task An_address_literal_is_its_own_host_and_nothing_is_looked_up(string literal, string host)
    {
        Assert.Equal([new DeliveryHost(host, 25, 0)], (await RoutedAsync(literal)).Hosts);
        Assert.Empty(_dns.Asked);
    }

    [Theory]
    [InlineData("[127.0.0.1]", "554 5.4.6")]
    [InlineData("[127.8.8.8]", "554 5.4.6")]
    [InlineData("[0.0.0.0]", "554 5.4.6")]
    [InlineData("[IPv6:::1]", "554 5.4.6")]
    [InlineData("[IPv6:::]", "554 5.4.6")]
    [InlineData("[IPv6:::ffff:127.0.0.1]", "554 5.4.6")]
    [InlineData("[203.0.113.9]", "554 5.4.6")]
    [InlineData("[IPv6:2001:db8::9]", "554 5.4.6")]
    [InlineData("[192.0.2]", "550 5.1.2")]
    public async Task A_literal_that_leads_back_here_or_nowhere_is_rejected(string literal, string expected)
    {
        _options.OwnAddresses = ["::ffff:203.0.113.9", "2001:db8::9"];
        await RejectedAsync(literal, expected);
    }

    [Theory]
    [InlineData(3600, 3600, 3600)]
    [InlineData(300, 3600, 300)]
    [InlineData(3600, 300, 300)]
    [InlineData(1, 1, 5)]
    public async Task A_plan_is_valid_as_long_as_what_it_rests_on_and_no_less_than_five_seconds(int mx, int host, int expected)
    {
        _dns.Mx("example.test", "10 a.test", mx).Host("a.test", ttl: host);
        var routed = Assert.IsType<RouteResult.Routed>(await RouteAsync("example.test"));
        Assert.Equal(TimeSpan.FromSeconds(expected), routed.ValidFor);
    }

    [Fact]
    public async Task A_plan_with_a_host_that_failed_is_looked_at_again_soon()
    {
        _dns.Mx("example.test", "10 a.test, 20 failing.test").Host("a.test").Failing("failing.test", ttl: 10);
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.IsType<RouteResult.Routed>(await RouteAsync("example.test")).ValidFor);
    }

    [Fact]
    public async Task Domains_with_the_same_hosts_share_a_site_whatever_their_preferences()
    {
        _dns.Host("a.test").Host("b.test").Mx("one.test", "10 a.test, 20 b.test").Mx("two.test", "20 a.test, 10 b.test").Mx("three.test", "10 a.test");
        Assert.Equal((await RoutedAsync("one.test")).Site, (await RoutedAsync("two.test")).Site);
        Assert.NotEqual((await RoutedAsync("one.test")).Site, (await RoutedAsync("three.test")).Site);
    }

    private static IEnumerable<string> Names(DeliveryPlan plan) => plan.Hosts.Select(h => h.Name);

    private ValueTask<RouteResult> RouteAsync(string domain) => new Router(_options, _dns, []).ResolveAsync(domain, Cancel);

    private async Task<DeliveryPlan> RoutedAsync(string domain) => Assert.IsType<RouteResult.Routed>(await RouteAsync(domain)).Plan;

    private async Task RejectedAsync(string domain, string expected)
    {
        var reply = Assert.IsType<RouteResult.Rejected>(await RouteAsync(domain)).Reply;
        Assert.Equal(expected, $"{reply.Code} {reply.Enhanced}");
    }

    private async Task DeferredAsync(string domain, DeferralReason reason, string expected)
    {
        var deferred = Assert.IsType<RouteResult.Deferred>(await RouteAsync(domain));
        Assert.Equal((reason, expected), (deferred.Reason, $"{deferred.Reply.Code} {deferred.Reply.Enhanced}"));
    }
}
