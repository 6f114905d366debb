using System.Globalization;
using System.Text.RegularExpressions;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>From one node to three and back, under load: partitions move, the load spreads, nothing is lost.</summary>
public sealed partial class ScaleTests(ITestOutputHelper output)
{
    private const int Rate = 150;
    private static readonly TimeSpan SpreadWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_load_spreads_over_the_nodes_that_there_are()
    {
        using var workspace = new Workspace("scale");
        await using var sink = new CollectingSink();
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.CreateAsync(workspace, 3, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        await cluster.StartNodesAsync(0);
        var generator = new LoadGenerator(
            [cluster.Smtp[0]], i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 96}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 8, enough.Token);
        await UntilMoreArriveAsync(sink, 2 * Rate);

        await cluster.StartNodesAsync(1, 2);
        var grown = TimeProvider.System.GetTimestamp();
        double[] shares = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                var before = DeliveredByNode(cluster);
                await UntilMoreArriveAsync(sink, 3 * Rate);
                shares = SharesOf(before, DeliveredByNode(cluster));
                return shares.Min() >= 0.25;
            },
            SpreadWithin,
            () => Task.FromResult($"shares {string.Join(" / ", shares.Select(s => s.ToString("P0", CultureInfo.InvariantCulture)))}"));
        output.WriteLine($"spread {string.Join(" / ", shares.Select(s => s.ToString("P0", CultureInfo.InvariantCulture)))} " +
            $"{TimeProvider.System.GetElapsedTime(grown).TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)} s after the new nodes were ready");

        await cluster.TerminateAsync(2);
        await cluster.TerminateAsync(1);
        await UntilMoreArriveAsync(sink, 2 * Rate);
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(1));
        await cluster.UntilEmptyAsync(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(sink.Arrived, a => a.Value > 1);
    }

    private static Task UntilMoreArriveAsync(CollectingSink sink, int more)
    {
        var wanted = sink.Deliveries + more;
        return sink.WaitForAsync(() => sink.Deliveries >= wanted, TimeSpan.FromMinutes(1));
    }

    // The owner of a domain's queue writes the line of a delivery.
    private static int[] DeliveredByNode(NodeCluster cluster) => [.. Enumerable.Range(0, 3).Select(i => cluster[i]!.Log.Count(l => Delivered().IsMatch(l)))];

    private static double[] SharesOf(int[] before, int[] after)
    {
        var more = after.Zip(before, (a, b) => (double)(a - b)).ToArray();
        return [.. more.Select(m => m / Math.Max(1, more.Sum()))];
    }

    [GeneratedRegex(@" delivered [0-9a-f]{32}: ")]
    private static partial Regex Delivered();
}
