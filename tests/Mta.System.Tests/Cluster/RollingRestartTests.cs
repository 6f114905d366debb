using System.Globalization;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Every node in its turn is stopped by SIGTERM and started again, under load: nothing is lost, nothing arrives twice, and clients see 421 at most.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Rate = 150;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_arrives_twice()
    {
        using var workspace = new Workspace("rolling");
        // Slow enough that every node has deliveries under way when it is stopped, most of them for queues of the others.
        await using var sink = new CollectingSink { AtEndOfData = _ => new SinkAnswer.Late(TimeSpan.FromMilliseconds(50)) };
        var arrivals = new Arrivals(sink);
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        var generator = new LoadGenerator(
            cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D6}"), $"d{i % 24}.test", 2000))
        { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        await cluster.UntilSpreadAsync(TimeSpan.FromMinutes(1));

        for (var node = 0; node < Nodes; node++)
        {
            var wanted = sink.Deliveries + (3 * Rate);
            await sink.WaitForAsync(() => sink.Deliveries >= wanted, TimeSpan.FromMinutes(1));
            var start = TimeProvider.System.GetTimestamp();
            await cluster.TerminateAsync(node);
            output.WriteLine($"node {node} stopped in {TimeProvider.System.GetElapsedTime(start)}");
            await cluster.StartNodesAsync(node);
        }
        var rest = sink.Deliveries + (3 * Rate);
        await sink.WaitForAsync(() => sink.Deliveries >= rest, TimeSpan.FromMinutes(1));
        await enough.CancelAsync();
        await load;
        await arrivals.UntilAllAsync(generator, TimeSpan.FromMinutes(1));
        await cluster.UntilEmptyAsync(TimeSpan.FromMinutes(1));

        output.WriteLine($"{generator.Accepted.Count} got 250, {generator.Refused.Count} refused, {generator.Unanswered.Count} without an answer");
        Assert.DoesNotContain(sink.Arrived, a => a.Value > 1);
        Assert.Empty(generator.Unanswered);
        Assert.All(generator.Refused.Values, reply => Assert.StartsWith("421", reply, StringComparison.Ordinal));
    }
}
