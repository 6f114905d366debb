using System.Net;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Dns;
using Xunit;

namespace Mta.Cluster.Tests.Dns;

/// <summary>The resolver with a DNS server that nobody here wrote.</summary>
public sealed class DnsResolverTests(TestZones zones) : IClassFixture<TestZones>
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mx_records_come_with_preference_and_a_lower_case_host()
    {
        var answer = await Resolver().LookupMxAsync("example.test", Cancel);
        Assert.Equal(DnsStatus.Found, answer.Status);
        Assert.Equal(
            [new MxRecord(10, "mx.elsewhere.test"), new(10, "mx1.example.test"), new(20, "mx2.example.test")],
            answer.Records.OrderBy(r => r.Preference).ThenBy(r => r.Exchange));
        Assert.Equal(TimeSpan.FromSeconds(300), answer.Ttl);
        Assert.Null(answer.Error);
    }

    [Theory]
    [InlineData("mx1.example.test", "2001:db8::1 192.0.2.1 192.0.2.2")]
    [InlineData("MX2.Example.Test", "192.0.2.3")]
    [InlineData("six.example.test", "2001:db8::6")]
    [InlineData("alias.example.test", "2001:db8::1 192.0.2.1 192.0.2.2")]
    public async Task Addresses_of_both_families_come_six_first_and_aliases_are_followed(string name, string expected)
    {
        var answer = await Resolver().LookupAddressesAsync(name, Cancel);
        Assert.Equal(DnsStatus.Found, answer.Status);
        var addresses = expected.Split(' ').Select(IPAddress.Parse).ToList();
        Assert.Equal(addresses[0], answer.Records[0]);
        Assert.Equal(addresses.ToHashSet(), answer.Records.ToHashSet());
    }

    [Fact]
    public async Task An_alias_has_the_mx_records_of_its_target()
    {
        var answer = await Resolver().LookupMxAsync("mailalias.example.test", Cancel);
        Assert.Equal([new MxRecord(10, "mx1.example.test")], answer.Records);
        // The alias's own TTL is 300, the record's 7.
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Ttl);
    }

    [Fact]
    public async Task Null_mx_is_one_record_with_an_empty_host()
    {
        var answer = await Resolver().LookupMxAsync("null.example.test", Cancel);
        Assert.Equal((DnsStatus.Found, new MxRecord(0, "")), (answer.Status, Assert.Single(answer.Records)));
    }

    [Theory]
    [InlineData("missing.example.test", DnsStatus.NameNotFound)]
    [InlineData("dangling.example.test", DnsStatus.NameNotFound)]
    [InlineData("text.example.test", DnsStatus.NoData)]
    [InlineData("empty.example.test", DnsStatus.NoData)]
    [InlineData("elsewhere.test", DnsStatus.Failed)]
    [InlineData("broken.test", DnsStatus.Failed)]
    public async Task No_name_no_record_and_no_answer_are_three_things(string name, DnsStatus expected)
    {
        var resolver = Resolver();
        var mx = await resolver.LookupMxAsync(name, Cancel);
        var addresses = await resolver.LookupAddressesAsync(name, Cancel);
        Assert.Equal((expected, expected), (mx.Status, addresses.Status));
        Assert.Empty(mx.Records);
        Assert.Empty(addresses.Records);
        Assert.Equal(expected == DnsStatus.Failed, mx.Error is not null);
    }

    [Fact]
    public async Task The_error_names_what_the_server_said()
    {
        var resolver = Resolver();
        Assert.Contains("Refused", (await resolver.LookupMxAsync("elsewhere.test", Cancel)).Error, StringComparison.Ordinal);
        Assert.Contains("ServerFailure", (await resolver.LookupMxAsync("broken.test", Cancel)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_too_large_for_a_datagram_comes_whole(bool tcpOnly)
    {
        var answer = await Resolver(o => o.TcpOnly = tcpOnly).LookupMxAsync("many.example.test", Cancel);
        Assert.Equal(Enumerable.Range(0, TestZones.ManyHosts), answer.Records.Select(r => r.Preference).Order());
    }

    [Theory]
    [InlineData("short.example.test", 7)]
    [InlineData("long.example.test", 3600)]
    [InlineData("example.test", 300)]
    public async Task A_ttl_is_kept_within_its_limits_and_runs_down(string name, int seconds)
    {
        var resolver = Resolver();
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await resolver.LookupMxAsync(name, Cancel)).Ttl);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(seconds - 5), (await resolver.LookupMxAsync(name, Cancel)).Ttl);
        _time.Advance(TimeSpan.FromSeconds(seconds - 5));
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await resolver.LookupMxAsync(name, Cancel)).Ttl);
    }

    [Fact]
    public async Task A_short_ttl_is_kept_a_little_longer_and_of_two_families_the_shorter_counts()
    {
        var resolver = Resolver(o => o.CacheMin = TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), (await resolver.LookupMxAsync("short.example.test", Cancel)).Ttl);
        Assert.Equal(TimeSpan.FromSeconds(100), (await resolver.LookupAddressesAsync("mixed.example.test", Cancel)).Ttl);
    }

    [Fact]
    public async Task A_negative_answer_is_kept_as_long_as_its_zone_says()
    {
        var resolver = Resolver();
        // The zone's MINIMUM is 60 (RFC 2308 §5).
        Assert.Equal(TimeSpan.FromSeconds(60), (await resolver.LookupMxAsync("missing.example.test", Cancel)).Ttl);
        Assert.Equal(TimeSpan.FromSeconds(60), (await resolver.LookupMxAsync("text.example.test", Cancel)).Ttl);
        var impatient = Resolver(o => o.NegativeCacheMax = TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), (await impatient.LookupMxAsync("missing.example.test", Cancel)).Ttl);
    }

    private DnsResolver Resolver(Action<DnsOptions>? configure = null)
    {
        var options = new DnsOptions { Servers = [zones.Server] };
        configure?.Invoke(options);
        return new DnsResolver(options, _time);
    }
}
