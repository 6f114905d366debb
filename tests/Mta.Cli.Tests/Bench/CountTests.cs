using Mta.Cli.Bench;

namespace Mta.Cli.Tests.Bench;

/// <summary>Histograms and counts of numbers.</summary>
public sealed class CountTests
{
    [Fact]
    public void A_percentile_is_exact_to_a_sixty_fourth()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 100_000; i++)
            histogram.Add(TimeSpan.FromMicroseconds(i));
        foreach (var percent in new[] { 1, 50, 90, 99, 99.9, 100 })
        {
            var exact = 1000 * percent;
            Assert.InRange(histogram.Percentile(percent).TotalMicroseconds, exact, exact * 65 / 64);
        }
        Assert.Equal(100_000, histogram.Longest.TotalMicroseconds);
    }

    [Fact]
    public void A_percentile_of_nothing_is_zero_and_of_one_is_that_one()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(99));
        histogram.Add(TimeSpan.FromMilliseconds(7));
        Assert.Equal(TimeSpan.FromMilliseconds(7), histogram.Percentile(0));
        Assert.Equal(TimeSpan.FromMilliseconds(7), histogram.Percentile(99));
        histogram.Add(TimeSpan.FromDays(10_000));
        Assert.Equal(histogram.Longest, histogram.Percentile(100));
    }

    [Fact]
    public void Numbers_are_counted_one_by_one()
    {
        var counts = new IdCounts();
        long[] ids = [0, 65_535, 65_536, 5_000_000, 0, 0, 65_536];
        Assert.All(ids, id => Assert.True(counts.Add(id)));
        Assert.Equal(4, counts.Different);
        Assert.Equal(2, counts.Repeated);
        Assert.Equal([3, 1, 2, 1, 0, 0], new long[] { 0, 65_535, 65_536, 5_000_000, 1, 99_000_000 }.Select(counts.Of));
        Assert.Equal([0, 65_535, 65_536, 5_000_000], counts.All());
        Assert.False(counts.Add(-1));
        Assert.False(counts.Add(1L << 32));
    }

    [Fact]
    public async Task Who_waits_for_a_count_hears_of_it()
    {
        var counts = new IdCounts();
        var two = counts.UntilAsync(2);
        counts.Add(1);
        counts.Add(1);
        Assert.False(two.IsCompleted);
        counts.Add(2);
        await two.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(counts.UntilAsync(2).IsCompletedSuccessfully);
    }
}
