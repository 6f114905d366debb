using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Nodes are killed again and again under load, at random moments, and started again; at last all at once. Nothing that got 250 is lost.</summary>
public sealed class RepeatedKillTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Rate = 150;
    private readonly Random _random = new(20_26);

    [Fact]
    public Task Nothing_is_lost_in_2_kills_and_one_of_all() => RunAsync(2);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Nothing_is_lost_in_20_kills_and_one_of_all() => RunAsync(20);

    private async Task RunAsync(int kills)
    {
        using var workspace = new Workspace("kills");
        await using var sink = new CollectingSink();
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 24}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        var mayArriveTwice = new Dictionary<string, int>(StringComparer.Ordinal);
        cluster.OnRemoved = () => CountInFlightAsync(cluster, sink, mayArriveTwice);

        for (var kill = 1; kill <= kills; kill++)
        {
            await UntilSomeArriveAsync(sink);
            await KillAsync(cluster, sink, mayArriveTwice, _random.Next(Nodes));
        }
        await UntilSomeArriveAsync(sink);
        await KillAsync(cluster, sink, mayArriveTwice, [.. Enumerable.Range(0, Nodes)]);

        await UntilSomeArriveAsync(sink);
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(2));
        await cluster.UntilEmptyAsync(TimeSpan.FromMinutes(1));
        output.WriteLine(
            $"{generator.Accepted.Count} got 250, {generator.Unanswered.Count} without an answer, {generator.Refused.Count} refused, " +
            $"{mayArriveTwice.Count} in flight at a kill, {sink.Arrived.Count(a => a.Value > 1)} arrived more than once, " +
            $"{cluster.StartedAnew} removed while they started, and started anew");
        arrivals.AssertTwiceAtMost(mayArriveTwice);
        Assert.All(generator.Refused.Values, reply => Assert.StartsWith("4", reply, StringComparison.Ordinal));
    }

    private Task UntilSomeArriveAsync(CollectingSink sink)
    {
        var wanted = sink.Deliveries + _random.Next(100, 5 * Rate);
        return sink.WaitForAsync(() => sink.Deliveries >= wanted, TimeSpan.FromMinutes(2));
    }

    private async Task KillAsync(NodeCluster cluster, CollectingSink sink, Dictionary<string, int> mayArriveTwice, params int[] nodes)
    {
        await Task.WhenAll(nodes.Select(cluster.KillAsync));
        await CountInFlightAsync(cluster, sink, mayArriveTwice);
        output.WriteLine($"killed {string.Join(", ", nodes)} after {sink.Deliveries} deliveries");
        await cluster.StartNodesAsync(nodes);
    }

    private static async Task CountInFlightAsync(NodeCluster cluster, CollectingSink sink, Dictionary<string, int> mayArriveTwice)
    {
        var stored = await cluster.StoredIdsAsync(Arrivals.Id());
        // Nodes that start together may be removed together.
        lock (mayArriveTwice)
        {
            foreach (var id in stored.Where(sink.Arrived.ContainsKey))
                mayArriveTwice[id] = mayArriveTwice.GetValueOrDefault(id) + 1;
        }
    }
}
