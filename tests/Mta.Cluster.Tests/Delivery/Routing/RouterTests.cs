using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>Configured routes, and what no route names.</summary>
public sealed class RouterTests
{
    private readonly DnsTable _dns = new DnsTable().Host("mx.test").Mx("example.test", "10 mx.test").Mx("sub.example.test", "10 mx.test");
    private readonly DeliveryOptions _options = new() { HeloName = "self.test" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("example.test", "exact")]
    [InlineData("EXAMPLE.test", "exact")]
    [InlineData("a.example.test", "below")]
    [InlineData("a.b.example.test", "below")]
    [InlineData("deep.a.example.test", "deeper")]
    [InlineData("badexample.test", "all")]
    [InlineData("b.test", "also")]
    [InlineData("xn--bcher-kva.test", "idn")]
    [InlineData("[192.0.2.1]", "literal")]
    [InlineData("[IPv6:2001:db8::1]", "literal6")]
    [InlineData("[192.0.2.2]", "all")]
    public async Task The_most_specific_pattern_decides_whatever_the_order(string domain, string expected)
    {
        Add("all", "*");
        Add("below", "*.Example.test");
        Add("exact", "example.test.");
        Add("deeper", "*.a.example.test");
        Add("also", "a.test", "b.test");
        Add("idn", "b\u00fccher.test");
        Add("literal", "[192.0.2.1]");
        Add("literal6", "[IPv6:2001:DB8:0::1]");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(expected, (await PlanAsync(domain)).Hosts[0].Name);
            _options.Routes.Reverse();
        }
    }

    [Fact]
    public async Task What_no_route_names_goes_by_mx()
    {
        Add("smart", "*.other.test");
        var plan = await PlanAsync("example.test");
        Assert.Equal(("mx.test", null), (plan.Hosts[0].Name, plan.Route));
    }

    [Fact]
    public async Task A_route_by_mx_has_a_tls_policy_of_its_own_on_the_same_site()
    {
        _options.Routes.Add(new RouteOptions { Domains = ["sub.example.test"], Via = RouteVia.Mx, Tls = TlsPolicy.Verify });
        var (common, own) = (await PlanAsync("example.test"), await PlanAsync("sub.example.test"));
        Assert.Equal((TlsPolicy.Opportunistic, TlsPolicy.Verify), (common.Tls, own.Tls));
        Assert.Equal((null, "sub.example.test"), (common.Route, own.Route));
        Assert.Equal(common.Site, own.Site);
    }

    [Fact]
    public async Task A_smart_host_has_its_port_or_the_common_one_and_hosts_keep_their_order()
    {
        _options.SmtpPort = 2525;
        _options.Routes.Add(new RouteOptions { Domains = ["*"], Hosts = ["b.test:587", "a.test", "192.0.2.1:26", "[2001:db8::1]:27", "2001:db8::2"] });
        var plan = await PlanAsync("example.test");
        Assert.Equal(
            [new DeliveryHost("b.test", 587, 0), new("a.test", 2525, 1), new("192.0.2.1", 26, 2), new("2001:db8::1", 27, 3), new("2001:db8::2", 2525, 4)],
            plan.Hosts);
        Assert.Equal((DeliveryTransport.Smtp, "*"), (plan.Transport, plan.Route));
        Assert.Empty(_dns.Asked);
    }

    [Theory]
    [InlineData(RouteVia.Hosts, null, TlsPolicy.Require)]
    [InlineData(RouteVia.Hosts, TlsPolicy.None, TlsPolicy.None)]
    [InlineData(RouteVia.Mx, null, TlsPolicy.Require)]
    [InlineData(RouteVia.Mx, TlsPolicy.Verify, TlsPolicy.Verify)]
    [InlineData(RouteVia.Lmtp, null, TlsPolicy.None)]
    [InlineData(RouteVia.Lmtp, TlsPolicy.Require, TlsPolicy.Require)]
    [InlineData(RouteVia.LmtpSocket, null, TlsPolicy.None)]
    [InlineData(RouteVia.Maildir, null, TlsPolicy.None)]
    public async Task Tls_is_inherited_by_smtp_and_by_nothing_else(RouteVia via, TlsPolicy? own, TlsPolicy expected)
    {
        _options.Tls = TlsPolicy.Require;
        var route = new RouteOptions { Domains = ["example.test"], Via = via, Tls = own };
        if (via is RouteVia.Hosts or RouteVia.Lmtp)
            route.Hosts.Add("a.test");
        if (via is RouteVia.LmtpSocket or RouteVia.Maildir)
            route.Path = "/srv/mail";
        Assert.Empty(route.Check());
        _options.Routes.Add(route);
        Assert.Equal(expected, (await PlanAsync("example.test")).Tls);
    }

    [Fact]
    public async Task Lmtp_has_port_24_where_none_is_given()
    {
        _options.Routes.Add(new RouteOptions { Domains = ["*"], Via = RouteVia.Lmtp, Hosts = ["a.test", "b.test:2424"] });
        var plan = await PlanAsync("example.test");
        Assert.Equal((DeliveryTransport.Lmtp, "a.test:24 b.test:2424"), (plan.Transport, string.Join(' ', plan.Hosts.Select(h => $"{h.Name}:{h.Port}"))));
    }

    [Theory]
    [InlineData(RouteVia.LmtpSocket, DeliveryTransport.LmtpUnix)]
    [InlineData(RouteVia.Maildir, DeliveryTransport.Maildir)]
    public async Task A_path_is_the_one_host(RouteVia via, DeliveryTransport expected)
    {
        _options.Routes.Add(new RouteOptions { Domains = ["*"], Via = via, Path = "/srv/mail/%{local}" });
        var plan = await PlanAsync("example.test");
        Assert.Equal(expected, plan.Transport);
        Assert.Equal([new DeliveryHost("/srv/mail/%{local}", 0, 0)], plan.Hosts);
    }

    private void Add(string host, params string[] domains) => _options.Routes.Add(new RouteOptions { Domains = [.. domains], Hosts = [host] });

    private async Task<DeliveryPlan> PlanAsync(string domain) =>
        Assert.IsType<RouteResult.Routed>(await new Router(_options, _dns, []).ResolveAsync(domain, Cancel)).Plan;
}
