using CsCheck;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Routing;

public sealed class SiteNameTests
{
    private static readonly Gen<DeliveryHost> AnyHost =
        Gen.Select(Gen.Char["abc"].Array[1, 30], Gen.Int[1, 3], Gen.Int[0, 100], (name, port, preference) => new DeliveryHost(new string(name) + ".test", port, preference));

    [Fact]
    public void The_name_tells_what_the_site_is() =>
        Assert.Equal("smtp:a.test:25,b.test:26", SiteName.Of(DeliveryTransport.Smtp, [new("b.test", 26, 0), new("a.test", 25, 1)]));

    [Fact]
    public void The_same_hosts_give_the_same_name_in_any_order_and_with_any_preference() =>
        Gen.Select(AnyHost.Array[1, 12], Gen.Int).Sample((hosts, seed) =>
        {
            var other = hosts.Select(h => h with { Preference = h.Preference + 1 }).ToArray();
            new Random(seed).Shuffle(other);
            return SiteName.Of(DeliveryTransport.Smtp, hosts) == SiteName.Of(DeliveryTransport.Smtp, other);
        });

    [Fact]
    public void Other_hosts_other_ports_and_other_transports_give_another_name() =>
        Gen.Select(AnyHost.Array[1, 12], Gen.Int[0, 11]).Sample((hosts, which) =>
        {
            var changed = hosts.ToArray();
            ref var host = ref changed[which % hosts.Length];
            host = host with { Port = host.Port + 10 };
            var name = SiteName.Of(DeliveryTransport.Smtp, hosts);
            return name != SiteName.Of(DeliveryTransport.Smtp, changed)
                && name != SiteName.Of(DeliveryTransport.Lmtp, hosts)
                && name != SiteName.Of(DeliveryTransport.Smtp, [.. hosts, new DeliveryHost("more.test", 25, 0)]);
        });

    [Fact]
    public void A_name_is_never_longer_than_120_characters_and_long_ones_still_tell_their_first_host()
    {
        AnyHost.Array[1, 100].Sample(hosts => SiteName.Of(DeliveryTransport.LmtpUnix, hosts).Length <= 120);
        var path = "/" + new string('p', 300);
        var name = SiteName.Of(DeliveryTransport.LmtpUnix, [new(path, 0, 0)]);
        Assert.StartsWith("lmtpunix:/pppp", name, StringComparison.Ordinal);
        Assert.InRange(name.Length, 60, 120);
        Assert.NotEqual(name, SiteName.Of(DeliveryTransport.LmtpUnix, [new(path + "q", 0, 0)]));
    }
}
