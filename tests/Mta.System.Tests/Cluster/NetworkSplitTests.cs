using System.Diagnostics;
using System.Globalization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// The nodes lose each other, while database, clients and remote hosts are still reached from everywhere. One side goes on; the nodes of the others end, so that
/// whoever supervises them starts them anew. Nothing is lost, and no domain ever has two owners.
/// </summary>
public sealed class NetworkSplitTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Rate = 100;
    private const int Domains = 48;
    private const int EndsWithCode = 69;
    private static readonly TimeSpan Decided = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public Task Two_and_one() => RunAsync([0, 0, 1], survivors: 2);

    [Fact]
    public Task All_three_apart() => RunAsync([0, 1, 2], survivors: 1);

    private async Task RunAsync(int[] sides, int survivors)
    {
        await using var network = await SplitNetwork.CreateAsync(Nodes);
        using var workspace = new Workspace("split");
        await using var sink = new CollectingSink(address: network.TestAddress);
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint).RetryQuickly(), network);
        await cluster.UntilMembersAsync(Nodes, Patience);
        var nodes = cluster.Running.ToList();
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % Domains}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        await cluster.UntilSpreadAsync(Patience);

        var splitAt = Stopwatch.GetTimestamp();
        await network.SplitAsync(sides);
        var ended = await UntilEndedAsync(cluster, Nodes - survivors);
        var endedAt = Stopwatch.GetTimestamp();
        output.WriteLine($"split {string.Join('+', sides)}: {string.Join(", ", ended.Select(i => $"node{i}"))} ended after {Stopwatch.GetElapsedTime(splitAt).TotalSeconds:F1} s");
        await UntilAllDomainsArriveAsync(generator, arrivals, endedAt);
        output.WriteLine($"all domains deliver {Stopwatch.GetElapsedTime(splitAt).TotalSeconds:F1} s after the split");

        await network.HealAsync();
        await cluster.StartNodesAsync([.. ended]);
        nodes.AddRange(ended.Select(i => cluster[i]!));
        await cluster.UntilMembersAsync(Nodes, Patience);
        await cluster.UntilSpreadAsync(Patience);
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, Patience);
        await cluster.UntilEmptyAsync(Patience);

        var owners = new Owners(nodes);
        output.WriteLine(
            $"{generator.Accepted.Count} got 250, {generator.Refused.Count} refused, {sink.Arrived.Count(a => a.Value > 1)} arrived twice, {owners.Moved} partitions moved");
        Assert.NotEqual(0, owners.Moved);
        owners.AssertOneAtATime(arrivals);
        // In doubt is what was on its way when the nodes lost each other; what was accepted after that arrives once.
        arrivals.AssertTwiceAtMost(generator.Times.Where(t => t.At < endedAt).ToDictionary(t => t.Id, _ => 1));
    }

    private static async Task<List<int>> UntilEndedAsync(NodeCluster cluster, int count)
    {
        var exits = Enumerable.Range(0, Nodes).ToDictionary(node => cluster[node]!.WaitForExitAsync(Timeout.InfiniteTimeSpan), node => node);
        var ended = new List<int>();
        while (ended.Count < count)
        {
            var first = await Task.WhenAny(exits.Keys).WaitAsync(Decided);
            exits.Remove(first, out var node);
            Assert.Contains(cluster[node]!.Log, line => line.Contains("the cluster has removed this node", StringComparison.Ordinal));
            Assert.Equal(EndsWithCode, await cluster.EndedAsync(node, Decided));
            ended.Add(node);
        }
        return ended;
    }

    // By messages that were accepted after the last node had ended.
    private static Task UntilAllDomainsArriveAsync(LoadGenerator generator, Arrivals arrivals, long since) => arrivals.Sink.WaitForAsync(
        () =>
        {
            var fresh = generator.Times.Where(t => t.At > since).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
            return arrivals.All.Where(a => fresh.Contains(a.Id)).Select(a => a.Domain).Distinct().Count() == Domains;
        },
        Patience);
}
