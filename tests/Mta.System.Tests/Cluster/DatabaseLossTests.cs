using System.Diagnostics;
using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// The database is restarted under load, and stopped for a while: intake says so with 4yz, nothing is lost or repeated, and everything flows again soon after its
/// return. The nodes stay alive, and say that they are not ready.
/// </summary>
public sealed class DatabaseLossTests(ITestOutputHelper output)
{
    private const int Rate = 150;
    private static readonly TimeSpan FlowsWithin = TimeSpan.FromSeconds(15);

    [Fact]
    public Task A_restart_and_a_stop_of_10_seconds() => RunAsync(TimeSpan.FromSeconds(10));

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_restart_and_a_stop_of_60_seconds() => RunAsync(TimeSpan.FromSeconds(60));

    private async Task RunAsync(TimeSpan stop)
    {
        using var workspace = new Workspace("database");
        await using var sink = new CollectingSink();
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, 2, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 24}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 8, enough.Token);
        await cluster.UntilSpreadAsync(TimeSpan.FromMinutes(1));

        await OutageAsync(cluster, sink, TimeSpan.Zero);
        await OutageAsync(cluster, sink, stop);

        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(1));
        await cluster.UntilEmptyAsync(TimeSpan.FromMinutes(1));
        output.WriteLine(
            $"{generator.Accepted.Count} got 250, {generator.Refused.Count} refused, {generator.Unanswered.Count} without an answer, " +
            $"{sink.Arrived.Count(a => a.Value > 1)} arrived more than once");
        Assert.DoesNotContain(sink.Arrived, a => a.Value > 1);
        Assert.Empty(generator.Unanswered);
        Assert.All(generator.Refused.Values, reply => Assert.StartsWith("4", reply, StringComparison.Ordinal));
    }

    private async Task OutageAsync(NodeCluster cluster, CollectingSink sink, TimeSpan length)
    {
        await cluster.Database.StopAsync();
        if (length > TimeSpan.Zero)
        {
            await Task.WhenAll(cluster.Running.Select(UntilNotReadyAsync));
            // The length of the outage is what the scenario is about.
            await Task.Delay(length);
            foreach (var node in cluster.Running)
                Assert.Contains("version", await node.GetAsync("/alive"), StringComparison.Ordinal);
        }
        await cluster.Database.StartAgainAsync();
        var back = Stopwatch.GetTimestamp();
        var wanted = sink.Deliveries + (2 * Rate);
        await sink.WaitForAsync(() => sink.Deliveries >= wanted, TimeSpan.FromMinutes(2));
        var took = Stopwatch.GetElapsedTime(back);
        await Task.WhenAll(cluster.Running.Select(node => node.WaitUntilReadyAsync(TimeSpan.FromMinutes(1))));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"after an outage of {length.TotalSeconds:F0} s, {2 * Rate} deliveries within {took.TotalSeconds:F1} s of the database's return"));
        Assert.True(took <= FlowsWithin, $"flows again only after {took}");
    }

    private static Task UntilNotReadyAsync(NodeProcess node) => Infrastructure.Eventually.HoldsAsync(
        async () => !await node.IsReadyAsync(), TimeSpan.FromSeconds(30));
}
