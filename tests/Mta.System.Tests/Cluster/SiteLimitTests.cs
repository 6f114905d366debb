using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>A site's limit of connections holds for the whole cluster, seen from the sink, and across the loss of the site's owner.</summary>
public sealed class SiteLimitTests(ITestOutputHelper output)
{
    private const int Limit = 3;
    private const int Rate = 150;

    [Fact]
    public async Task Never_more_than_three_connections_whoever_takes_and_delivers_the_mail()
    {
        using var workspace = new Workspace("limit");
        await using var sink = new CollectingSink();
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, 3, s => s
            .RouteAllTo(sink.EndPoint.Port)
            .RetryQuickly()
            .Set("delivery.limits", new { maxConnections = Limit, unreachablePause = "500ms", unreachablePauseMax = "1s" }));
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 24}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        await cluster.UntilSpreadAsync(TimeSpan.FromMinutes(1));

        // Whoever owns the site is among the three.
        for (var node = 0; node < 3; node++)
        {
            var wanted = sink.Deliveries + (3 * Rate);
            await sink.WaitForAsync(() => sink.Deliveries >= wanted, TimeSpan.FromMinutes(1));
            await cluster.KillAsync(node);
            var after = sink.Deliveries + (2 * Rate);
            await sink.WaitForAsync(() => sink.Deliveries >= after, TimeSpan.FromMinutes(1));
            await cluster.StartNodesAsync(node);
        }
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(2));
        output.WriteLine($"{sink.Deliveries} deliveries, {sink.MostOpen} connections at most");
        Assert.InRange(sink.MostOpen, 1, Limit);
    }
}
