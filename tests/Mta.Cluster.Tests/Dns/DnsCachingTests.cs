using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Dns;
using Xunit;

namespace Mta.Cluster.Tests.Dns;

/// <summary>When the resolver asks its server, and when it does not.</summary>
public sealed class DnsCachingTests
{
    private const string Name = "example.test";
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_asked_for_once_in_its_ttl()
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NoError, [DnsWire.Mx(Name, 300, 10, "mx.test")]));
        var resolver = Resolver(server);
        await resolver.LookupMxAsync(Name, Cancel);
        _time.Advance(TimeSpan.FromSeconds(299));
        await resolver.LookupMxAsync("EXAMPLE.test", Cancel);
        Assert.Single(server.Queries);
        _time.Advance(TimeSpan.FromSeconds(1));
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(2, server.Queries.Count);
    }

    [Theory]
    [InlineData(300, 40, 40)]
    [InlineData(40, 300, 40)]
    [InlineData(3600, 7200, 300)]
    public async Task A_negative_answer_is_kept_for_the_lesser_of_both_numbers_of_its_soa(int ttl, int minimum, int kept)
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NxDomain, [], [DnsWire.Authority("test", ttl, minimum)]));
        var resolver = Resolver(server);
        Assert.Equal(TimeSpan.FromSeconds(kept), (await resolver.LookupMxAsync(Name, Cancel)).Ttl);
        _time.Advance(TimeSpan.FromSeconds(kept - 1));
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Single(server.Queries);
        _time.Advance(TimeSpan.FromSeconds(1));
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task A_negative_answer_without_a_soa_is_not_kept()
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NxDomain));
        var resolver = Resolver(server);
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(TimeSpan.Zero, (await resolver.LookupMxAsync(Name, Cancel)).Ttl);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Addresses_of_one_family_are_kept_though_nothing_says_how_long_there_is_none_of_the_other()
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NoError, q.Type == DnsQuery.A ? [DnsWire.Address(Name, 300, "192.0.2.1")] : []));
        var resolver = Resolver(server, o => o.CacheMin = TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), (await resolver.LookupAddressesAsync(Name, Cancel)).Ttl);
        await resolver.LookupAddressesAsync(Name, Cancel);
        Assert.Equal((1, 1), (server.Count(DnsQuery.A), server.Count(DnsQuery.Aaaa)));
    }

    [Fact]
    public async Task A_failure_is_kept_for_a_little_while()
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.ServFail));
        var resolver = Resolver(server, o => o.FailureCache = TimeSpan.FromSeconds(10));
        var first = await resolver.LookupMxAsync(Name, Cancel);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(first with { Ttl = TimeSpan.FromSeconds(1) }, await resolver.LookupMxAsync(Name, Cancel));
        Assert.Single(server.Queries);
        _time.Advance(TimeSpan.FromSeconds(1));
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Without_a_cache_every_question_is_asked()
    {
        await using var server = new FakeDnsServer(q => q.Answer(DnsWire.NoError, [DnsWire.Mx(Name, 300, 10, "mx.test")]));
        var resolver = Resolver(server, o => o.CacheEntries = 0);
        await resolver.LookupMxAsync(Name, Cancel);
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(2, server.Queries.Count);
    }

    [Fact]
    public async Task Who_asks_the_same_at_once_waits_for_the_same_query()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeDnsServer(async q =>
        {
            await release.Task.WaitAsync(Cancel);
            return q.Answer(DnsWire.NoError, q.Name == Name ? [DnsWire.Mx(Name, 300, 10, "mx.test")] : []);
        });
        var resolver = Resolver(server, o => o.CacheEntries = 0);
        var same = Enumerable.Range(0, 50).Select(i => resolver.LookupMxAsync(i % 2 == 0 ? Name : "Example.Test", Cancel).AsTask()).ToList();
        var other = resolver.LookupMxAsync("other.test", Cancel).AsTask();
        await server.ArrivedAsync(Cancel);
        await server.ArrivedAsync(Cancel);
        release.SetResult();
        Assert.All(await Task.WhenAll(same), answer => Assert.Equal(DnsStatus.Found, answer.Status));
        Assert.Equal(DnsStatus.NoData, (await other).Status);
        Assert.Equal(2, server.Queries.Count);
        // What is over is over: the next question is a query again.
        await resolver.LookupMxAsync(Name, Cancel);
        Assert.Equal(3, server.Queries.Count);
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_the_query_to_the_others()
    {
        var release = new TaskCompletionSource();
        await using var server = new FakeDnsServer(async q =>
        {
            await release.Task.WaitAsync(Cancel);
            return q.Answer(DnsWire.NoError, [DnsWire.Mx(Name, 300, 10, "mx.test")]);
        });
        var resolver = Resolver(server);
        using var impatience = new CancellationTokenSource();
        var first = resolver.LookupMxAsync(Name, impatience.Token).AsTask();
        var second = resolver.LookupMxAsync(Name, Cancel).AsTask();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();
        Assert.Equal(DnsStatus.Found, (await second).Status);
        Assert.Single(server.Queries);
    }

    private DnsResolver Resolver(FakeDnsServer server, Action<DnsOptions>? configure = null)
    {
        var options = new DnsOptions { Servers = [server.Address], Timeout = TimeSpan.FromSeconds(10) };
        configure?.Invoke(options);
        return new DnsResolver(options, _time);
    }
}
