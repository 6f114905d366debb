using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Dns;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

/// <summary>Each mistake in the options of delivery and DNS is reported under its key.</summary>
public sealed class RoutingOptionsTests
{
    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.Empty(new DeliveryOptions().Check());
        Assert.Empty(new DnsOptions().Check());
        Assert.NotEmpty(new DeliveryOptions().EffectiveHeloName);
    }

    [Fact]
    public void Delivery()
    {
        Assert.Equal("", Keys(new DeliveryOptions
        {
            SourceAddress = "192.0.2.1",
            SourceAddressV6 = "2001:db8::1",
            HeloName = "out.example.com",
            OwnAddresses = ["192.0.2.1", "2001:db8::1"],
            Sites = { ["*.example.com"] = new(), ["mx_1.example.com"] = new() },
        }));
        Assert.Equal("sourceAddress", Keys(new DeliveryOptions { SourceAddress = "2001:db8::1" }));
        Assert.Equal("sourceAddressV6", Keys(new DeliveryOptions { SourceAddressV6 = "192.0.2.1" }));
        Assert.Equal("heloName", Keys(new DeliveryOptions { HeloName = "192.0.2.1" }));
        Assert.Equal("ownAddresses[1]", Keys(new DeliveryOptions { OwnAddresses = ["192.0.2.1", "mx.example.com"] }));
        Assert.Equal("sites.a..b", Keys(new DeliveryOptions { Sites = { ["a..b"] = new() } }));
        Assert.Equal("routes[0].domains", Keys(new DeliveryOptions { Routes = [new() { Hosts = ["a"] }] }));
        Assert.Equal(
            "routes[1].domains",
            Keys(new DeliveryOptions { Routes = [new() { Domains = ["a.test", "*.a.test"], Hosts = ["a"] }, new() { Domains = ["A.test."], Hosts = ["b"] }] }));
    }

    [Fact]
    public void Route()
    {
        Assert.Equal("", Keys(Smart()));
        Assert.Equal("domains", Keys(Smart(r => r.Domains = [])));
        Assert.Equal("domains[1]", Keys(Smart(r => r.Domains.Add("a b"))));
        Assert.Equal("hosts", Keys(Smart(r => r.Hosts = [])));
        Assert.Equal("hosts", Keys(Smart(r => r.Via = RouteVia.Mx)));
        Assert.Equal("hosts[0]", Keys(Smart(r => r.Hosts = ["smtp.example.net:0"])));
        Assert.Equal("path", Keys(Smart(r => r.Path = "/srv")));
        Assert.Equal("hosts", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.Lmtp }));
        Assert.Equal("path", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.LmtpSocket, Path = "run/lmtp" }));
        Assert.Equal("path", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.LmtpSocket, Path = "/" + new string('x', 107) }));
        Assert.Equal("", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.LmtpSocket, Path = "/" + new string('x', 106) }));
        Assert.Equal("path", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.Maildir }));
        Assert.Equal("path", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.Maildir, Path = "/srv/%{user}" }));
        Assert.Equal("tls", Keys(new RouteOptions { Domains = ["*"], Via = RouteVia.Maildir, Path = "/srv/%{domain}/%{local}", Tls = TlsPolicy.Require }));
    }

    [Fact]
    public void Credentials()
    {
        Assert.Equal("", Keys(Smart(r => (r.User, r.Password) = ("u", "p"))));
        Assert.Equal("", Keys(Smart(r => (r.User, r.PasswordFile) = ("u", "/run/secret"))));
        Assert.Equal("password", Keys(Smart(r => r.User = "u")));
        Assert.Equal("password", Keys(Smart(r => (r.User, r.Password, r.PasswordFile) = ("u", "p", "/run/secret"))));
        Assert.Equal("user", Keys(Smart(r => r.Password = "p")));
        Assert.Equal("user", Keys(Smart(r => (r.Via, r.User, r.Password) = (RouteVia.Lmtp, "u", "p"))));
        Assert.Equal("tls", Keys(Smart(r => (r.User, r.Password, r.Tls) = ("u", "p", TlsPolicy.None))));
        Assert.Equal("", Keys(Smart(r => (r.User, r.Password, r.Tls, r.AuthWithoutTls) = ("u", "p", TlsPolicy.None, true))));
        Assert.Equal("authWithoutTls", Keys(Smart(r => r.AuthWithoutTls = true)));
    }

    [Fact]
    public void Dns()
    {
        Assert.Equal("", Keys(new DnsOptions { Servers = ["192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353"] }));
        Assert.Equal(
            "servers[0],servers[1],servers[2],servers[3],servers[4],servers[5]",
            Keys(new DnsOptions { Servers = ["ns.example.com", "53", "127.1", "0.0.0.0", "::", "192.0.2.53:port"] }));
        Assert.Equal("cacheMin", Keys(new DnsOptions { CacheMin = TimeSpan.FromMinutes(2), CacheMax = TimeSpan.FromMinutes(1) }));
        Assert.True(DnsOptions.TryParseServer("2001:db8::53", out var server));
        Assert.Equal("[2001:db8::53]:53", server.ToString());
    }

    [Theory]
    [InlineData("smtp.example.net", "smtp.example.net", 0)]
    [InlineData("SMTP.example.net.:587", "smtp.example.net", 587)]
    [InlineData("192.0.2.1", "192.0.2.1", 0)]
    [InlineData("192.0.2.1:65535", "192.0.2.1", 65535)]
    [InlineData("2001:DB8::1", "2001:db8::1", 0)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 0)]
    [InlineData("[2001:db8::1]:24", "2001:db8::1", 24)]
    [InlineData("[192.0.2.1]:24", "192.0.2.1", 24)]
    public void A_host_with_an_optional_port(string text, string host, int port)
    {
        Assert.True(HostSpec.TryParse(text, out var seenHost, out var seenPort));
        Assert.Equal((host, port), (seenHost, seenPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":25")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+25")]
    [InlineData("host:25:26")]
    [InlineData("a b")]
    [InlineData("127.1")]
    [InlineData("10:25")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]24")]
    [InlineData("[2001:db8::1]:")]
    [InlineData("[]")]
    [InlineData("]")]
    [InlineData("user@host")]
    public void No_host(string text) => Assert.False(HostSpec.TryParse(text, out _, out _));

    [Theory]
    [InlineData("*", "*")]
    [InlineData("Example.COM", "example.com")]
    [InlineData("*.example.com.", "*.example.com")]
    [InlineData("b\u00fccher.example", "xn--bcher-kva.example")]
    [InlineData("[IPv6:2001:DB8::0:1]", "[IPv6:2001:db8::1]")]
    public void A_pattern_is_kept_as_domains_are_written(string text, string expected)
    {
        Assert.True(DomainPattern.TryParse(text, out var pattern));
        Assert.Equal(expected, pattern.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("*.")]
    [InlineData("**")]
    [InlineData("*.*")]
    [InlineData("*a.test")]
    [InlineData("a.*.test")]
    [InlineData("192.0.2.1")]
    [InlineData("[192.0.2.256]")]
    [InlineData("[mx.test]")]
    [InlineData("*.[192.0.2.1]")]
    [InlineData("user@a.test")]
    public void No_pattern(string text) => Assert.False(DomainPattern.TryParse(text, out _));

    private static RouteOptions Smart(Action<RouteOptions>? change = null)
    {
        var route = new RouteOptions { Domains = ["*"], Hosts = ["smtp.example.net:587"] };
        change?.Invoke(route);
        return route;
    }

    private static string Keys(IOptionsCheck options) => string.Join(',', options.Check().Select(p => p.Key));
}
