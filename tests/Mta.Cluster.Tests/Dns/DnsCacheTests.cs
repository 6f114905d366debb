using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Dns;
using Xunit;

namespace Mta.Cluster.Tests.Dns;

public sealed class DnsCacheTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_answer_is_found_by_its_name_in_any_case_until_it_ends()
    {
        var cache = new DnsCache<int>(10, _time);
        cache.Keep("example.test", Answer(30));
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(TimeSpan.FromSeconds(1), cache.Find("Example.TEST")!.Ttl);
        Assert.Null(cache.Find("example.test."));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Find("example.test"));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void The_later_answer_replaces_the_earlier_one()
    {
        var cache = new DnsCache<int>(10, _time);
        cache.Keep("a", Answer(30, 1));
        cache.Keep("A", Answer(10, 2));
        Assert.Equal([2], cache.Find("a")!.Records);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void What_must_not_be_kept_is_not()
    {
        var cache = new DnsCache<int>(10, _time);
        cache.Keep("a", Answer(0));
        cache.Keep("b", Answer(-1));
        Assert.Equal(0, cache.Count);
        var none = new DnsCache<int>(0, _time);
        none.Keep("a", Answer(30));
        Assert.Equal(0, none.Count);
    }

    [Fact]
    public void Past_the_bound_what_has_ended_goes_first_and_then_what_ends_soonest()
    {
        var cache = new DnsCache<int>(16, _time);
        for (var i = 1; i <= 16; i++)
            cache.Keep(Name(i), Answer(i * 10));
        _time.Advance(TimeSpan.FromSeconds(15));
        cache.Keep("new", Answer(1000));
        // One too many, and an eighth of sixteen: one has ended (10 s), two end soonest (20 s, 30 s).
        Assert.Equal([1, 2, 3], Enumerable.Range(1, 16).Where(i => cache.Find(Name(i)) is null));
        Assert.NotNull(cache.Find("new"));
    }

    [Fact]
    public void There_are_never_more_answers_than_the_bound() =>
        Gen.Select(Gen.Int[1, 20], Gen.Select(Gen.Int[0, 30], Gen.Int[1, 50], Gen.Int[0, 20]).Array[0, 100]).Sample(
            (capacity, steps) =>
            {
                var time = new FakeTimeProvider();
                var cache = new DnsCache<int>(capacity, time);
                foreach (var (name, ttl, passed) in steps)
                {
                    time.Advance(TimeSpan.FromSeconds(passed));
                    cache.Keep(Name(name), Answer(ttl, ttl));
                    Assert.InRange(cache.Count, 1, capacity);
                }
            },
            iter: 300);

    [Fact]
    public async Task Many_threads_at_the_bound_keep_it_and_none_fails()
    {
        var cache = new DnsCache<int>(64, _time);
        var threads = Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                cache.Keep(Name((thread * 5_000) + i), Answer(10 + (i % 7)));
                cache.Find(Name(i));
            }
        }));
        await Task.WhenAll(threads);
        Assert.InRange(cache.Count, 1, 64);
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"n{i}.test");

    private static DnsAnswer<int> Answer(int seconds, int record = 0) => new(DnsStatus.Found, [record], TimeSpan.FromSeconds(seconds));
}
