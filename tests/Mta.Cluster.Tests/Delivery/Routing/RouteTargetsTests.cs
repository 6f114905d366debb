using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>The ways that an operator may order, and where they lead.</summary>
public sealed class RouteTargetsTests
{
    private static readonly DeliveryOptions Options = new()
    {
        Tls = TlsPolicy.Require,
        Routes =
        [
            new RouteOptions { Domains = ["bulk.example", "*.bulk.example"], Hosts = ["relay.example:587"], Tls = TlsPolicy.Verify, User = "u", Password = "p" },
            new RouteOptions { Domains = ["local.example"], Via = RouteVia.LmtpSocket, Path = "/run/lmtp" },
            new RouteOptions { Domains = ["*"], Via = RouteVia.Mx, Tls = TlsPolicy.None },
        ],
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Relay.Example", "relay.example")]
    [InlineData("relay.example:2525", "relay.example:2525")]
    [InlineData("192.0.2.1:25", "192.0.2.1:25")]
    [InlineData("[192.0.2.1]:25", "192.0.2.1:25")]
    [InlineData("[2001:DB8::1]:25", "[2001:db8::1]:25")]
    [InlineData("2001:db8::1", "[2001:db8::1]")]
    [InlineData(" MX ", "mx")]
    [InlineData("route:BULK.example", "route:bulk.example")]
    public void A_way_has_one_form(string text, string expected)
    {
        Assert.True(new RouteTargets(new RouteTable(Options.Routes)).TryRead(text, out var via));
        Assert.Equal(expected, via);
        Assert.True(new RouteTargets(new RouteTable(Options.Routes)).TryRead(via, out var again));
        Assert.Equal(expected, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("default")]
    [InlineData("two hosts")]
    [InlineData("host:0")]
    [InlineData("host:70000")]
    [InlineData("route:")]
    [InlineData("route:*.bulk.example")]
    [InlineData("smtp://relay.example")]
    public void What_is_no_way_is_refused(string text) => Assert.False(new RouteTargets(new RouteTable(Options.Routes)).TryRead(text, out _));

    [Theory]
    [InlineData("relay.test", "smtp:relay.test:25", TlsPolicy.Require, RouteTargets.Ordered)]
    [InlineData("[2001:db8::1]:2525", "smtp:2001:db8::1:2525", TlsPolicy.Require, RouteTargets.Ordered)]
    [InlineData("route:bulk.example", "smtp:relay.example:587", TlsPolicy.Verify, "bulk.example")]
    [InlineData("route:local.example", "lmtpunix:/run/lmtp", TlsPolicy.None, "local.example")]
    [InlineData("mx", "smtp:mx.queue.example:25", TlsPolicy.Require, null)]
    [InlineData("route:*", "smtp:mx.queue.example:25", TlsPolicy.None, "*")]
    public async Task A_way_leads_where_it_says_with_the_policy_that_belongs_to_it(string via, string site, TlsPolicy tls, string? route)
    {
        var dns = new DnsTable().Host("mx.queue.example").Mx("queue.example", "10 mx.queue.example");
        var plan = Assert.IsType<RouteResult.Routed>(await new Router(Options, dns, []).ResolveAsync("queue.example", via, Cancel)).Plan;
        Assert.Equal((site, tls, route), (plan.Site, plan.Tls, plan.Route));
    }

    [Fact]
    public async Task A_route_that_is_configured_no_more_defers()
    {
        var deferred = Assert.IsType<RouteResult.Deferred>(await new Router(Options, new DnsTable(), []).ResolveAsync("queue.example", "route:gone.example", Cancel));
        Assert.Equal((DeferralReason.LocalError, 451), (deferred.Reason, deferred.Reply.Code));
    }
}
