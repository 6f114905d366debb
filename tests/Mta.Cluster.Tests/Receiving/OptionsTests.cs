using Mta.Cluster.Receiving;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

public sealed class OptionsTests
{
    private const string Secret = "SCRAM-SHA-256$4096:c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static string[] Keys(Action<ReceivingOptions> configure)
    {
        var options = new ReceivingOptions();
        configure(options);
        return [.. options.Check().Select(p => p.Key)];
    }

    [Fact]
    public void The_defaults_are_valid_and_on_the_loopback()
    {
        Assert.Empty(Keys(_ => { }));
        var listener = Assert.Single(new ReceivingOptions().Listeners);
        Assert.Equal(("127.0.0.1", 2525, ListenerKind.Relay), (listener.Address, listener.Port, listener.Kind));
        Assert.Empty(new ReceivingLimits().Check());
        Assert.Empty(listener.Check());
    }

    [Fact]
    public void Each_mistake_names_its_key()
    {
        Assert.Equal(["listeners[1].port"], Keys(o => o.Listeners.Add(new ListenerOptions())));
        Assert.Equal(["listeners[0].kind"], Keys(o => o.Listeners[0].Kind = ListenerKind.Submission));
        Assert.Equal(["listeners[0].kind"], Keys(o => o.Listeners[0].RequireAuthentication = true));
        Assert.Equal(["listeners[0].kind"], Keys(o => (o.Listeners[0].RequireTls, o.Tls.Enabled) = (true, false)));
        Assert.Equal(["relayNetworks[2]"], Keys(o => o.RelayNetworks.Add("10.0.0.0/33")));
        Assert.Equal(["relayNetworks[2]"], Keys(o => o.RelayNetworks.Add("nonsense")));
        Assert.Equal(["localDomains[0]"], Keys(o => o.LocalDomains.Add("a..b")));
        Assert.Equal(["postmaster"], Keys(o => o.Postmaster = "nobody"));
        Assert.Equal(["users.tim"], Keys(o => o.Users["tim"] = "secret"));
        Assert.Equal(["users.tim"], Keys(o => o.Users["tim"] = "{PLAIN}secret"));
        Assert.Empty(Keys(o => (o.Users["tim"], o.CramMd5) = ("{PLAIN}secret", true)));
        Assert.Empty(Keys(o => (o.Users["tim"], o.Listeners[0].Kind) = (Secret, ListenerKind.Submissions)));
        Assert.Equal(["tenantHeader"], Keys(o => o.TenantHeader = "X Tenant"));
        Assert.Equal(["campaignHeader"], Keys(o => o.CampaignHeader = "x-tenant"));
        Assert.Equal(["tenants.tim"], Keys(o => o.Tenants["tim"] = "acme"));
        Assert.Equal(["tenants.tim"], Keys(o => (o.Users["tim"], o.Tenants["tim"]) = (Secret, "")));
        Assert.Empty(Keys(o => (o.Users["tim"], o.Tenants["tim"], o.TenantHeader, o.CampaignHeader) = (Secret, "acme", "", "")));
        Assert.Equal("address", Assert.Single(new ListenerOptions { Address = "localhost" }.Check()).Key);
        Assert.Equal("sessionTimeout", Assert.Single(new ReceivingLimits { SessionTimeout = TimeSpan.FromMinutes(1) }.Check()).Key);
        Assert.Equal("sessionsPerAddress", Assert.Single(new ReceivingLimits { Sessions = 3 }.Check()).Key);
    }

    [Theory]
    [InlineData("example.org", true)]
    [InlineData("sub.example.org", false)]
    [InlineData("example.com", false)]
    [InlineData("a.example.com", true)]
    [InlineData("a.b.example.com", true)]
    [InlineData("badexample.com", false)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("[192.0.2.1]", true)]
    [InlineData("", false)]
    public void Local_domains_match(string domain, bool expected) =>
        Assert.Equal(expected, new LocalDomainSet(["EXAMPLE.org.", ".example.com", "b\u00fccher.example", "[192.0.2.1]"]).Contains(domain));

    [Theory]
    [InlineData(null, "-")]
    [InlineData("", "")]
    [InlineData("plain text", "plain text")]
    [InlineData("a\r\nb", "a\\u000d\\u000ab")]
    [InlineData("a\\u000ab", "a\\u005cu000ab")]
    [InlineData("gr\u00fc\u00df", "gr\u00fc\u00df")]
    [InlineData("\u202eevil", "\\u202eevil")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("\u001b[31m", "\\u001b[31m")]
    public void Text_is_escaped_for_the_log(string? text, string expected) => Assert.Equal(expected, LogText.Escape(text));

    [Fact]
    public void Long_text_is_cut()
    {
        Assert.Equal(new string('x', 320) + "…", LogText.Escape(new string('x', 400)));
        Assert.Equal(320, LogText.Escape(new string('x', 320)).Length);
    }
}
