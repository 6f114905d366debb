using Mta.Cluster.Telemetry;
using Xunit;

namespace Mta.Cluster.Tests.Telemetry;

/// <summary>Which sites get series of their own, and that their number has a limit.</summary>
public sealed class TopSitesTests
{
    [Fact]
    public void A_busy_site_earns_its_label_among_any_number_of_quiet_ones()
    {
        TopSites sites = new(most: 5, earned: 100);
        for (var i = 0; i < 20_000; i++)
        {
            sites.LabelFor($"quiet{i}", 1);
            if (i % 10 == 0)
                sites.LabelFor("busy", 1);
        }
        Assert.Equal("busy", sites.LabelFor("busy", 1));
        Assert.Equal(TopSites.Others, sites.LabelFor("quiet1", 1));
    }

    [Fact]
    public void There_are_never_more_labels_than_allowed_and_none_is_taken_back()
    {
        TopSites sites = new(most: 5, earned: 10);
        HashSet<string> first = [.. Enumerable.Range(0, 5).Select(i => sites.LabelFor($"early{i}", 10))];
        Assert.Equal(5, first.Count);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(TopSites.Others, sites.LabelFor($"late{i % 7}", 100));
        Assert.All(first, site => Assert.Equal(site, sites.LabelFor(site, 1)));
    }

    [Fact]
    public async Task Threads_that_count_at_once_give_no_more_labels()
    {
        TopSites sites = new(most: 5, earned: 1);
        var labels = await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() => Enumerable.Range(0, 500).Select(i => sites.LabelFor($"s{(t * 31) + i}", 1)).ToHashSet())));
        Assert.Equal(5, labels.SelectMany(l => l).Where(l => l != TopSites.Others).Distinct().Count());
    }
}
