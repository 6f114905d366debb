using System.Globalization;
using System.Text.RegularExpressions;
using Mta.Cluster.Contracts.Serialization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// An upgrade to the next version node by node, under load, and the way back: both versions are one cluster, nothing is lost and nothing arrives twice, and what the next
/// version has written into the journal is read by the one before.
/// </summary>
public sealed partial class MixedVersionTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Rate = 60;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string NextVersion = Path.Combine(AppContext.BaseDirectory, "next-version", "Mta.Node.dll");

    // These travel from each node to each other: partitions and connections are everywhere.
    private static readonly string[] BothWays = ["announce-refs", "deliver-batch", "delivery-report"];

    // These to or from the one site that there is, and so from one version to the other or back.
    private static readonly string[] OneWay = ["offer-work", "open-connection", "pull-work", "work-taken", "connection-ready", "wake-partition", "partition-awake"];

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    [Fact]
    public async Task An_upgrade_and_the_way_back_lose_nothing_and_repeat_nothing()
    {
        using var workspace = new Workspace("mixed");
        await using var sink = new CollectingSink { AtEndOfData = _ => new SinkAnswer.Late(TimeSpan.FromMilliseconds(50)) };
        var arrivals = new Arrivals(sink);
        var isOpen = false;
        // Mail for these domains waits: its deferrals are what the journal holds, whichever version has written them.
        sink.AtRecipient = address => address.Contains("@wait", StringComparison.Ordinal) && !Volatile.Read(ref isOpen)
            ? new SinkAnswer.Reply("451 4.7.1 later") : SinkAnswer.Accept;
        await using var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly("2s", "10s"));
        var generator = new LoadGenerator(cluster.Smtp, i => LoadMessage.Create(Id(i), DomainOf(i), 2000)) { Rate = Rate };
        using var enough = new CancellationTokenSource();
        var load = generator.RunAsync(int.MaxValue, 12, enough.Token);
        await cluster.UntilSpreadAsync(Limit);

        await ReplaceAllAsync(cluster, sink, NextVersion, isNext: true);
        await Eventually.HoldsAsync(async () => await cluster.CountEventsAsync(Manifest("refs-deferred", isNext: true)) > 0, Limit);
        await ReplaceAllAsync(cluster, sink, null, isNext: false);
        Assert.True(await cluster.CountEventsAsync(Manifest("refs-deferred", isNext: true)) > 0, "nothing of the next version is left in the journal");
        foreach (var node in cluster.Running)
            await node.WaitForLogAsync(line => IsRead(line, "refs-deferred", isNext: true), Limit);

        await UntilMoreArriveAsync(sink);
        await enough.CancelAsync();
        await load;
        Volatile.Write(ref isOpen, true);
        await arrivals.UntilAllAsync(generator, Limit);
        await cluster.UntilEmptyAsync(Limit);
        output.WriteLine($"{generator.Accepted.Count} got 250, {generator.Refused.Count} refused, {generator.Unanswered.Count} without an answer");
        Assert.All(OneWay, name => Assert.True(_read.Contains(Manifest(name, isNext: false)) || _read.Contains(Manifest(name, isNext: true)), $"{name} never went from one version to the other"));
        Assert.DoesNotContain(sink.Arrived, a => a.Value > 1);
        Assert.Empty(generator.Unanswered);
        Assert.All(generator.Refused.Values, reply => Assert.StartsWith("421", reply, StringComparison.Ordinal));
    }

    // Node by node; in between, when both versions are there, messages go from the one to the other, and back.
    private async Task ReplaceAllAsync(NodeCluster cluster, CollectingSink sink, string? program, bool isNext)
    {
        for (var node = 0; node < Nodes; node++)
        {
            await cluster.TerminateAsync(node);
            cluster.Settings[node].Program = program;
            await cluster.StartNodesAsync(node);
            await cluster.UntilMembersAsync(Nodes, Limit);
            await UntilMoreArriveAsync(sink);
            if (node == Nodes - 1)
                break;
            var (changed, unchanged) = (cluster[node]!, cluster[node + 1]!);
            foreach (var name in BothWays)
            {
                await changed.WaitForLogAsync(line => IsRead(line, name, !isNext), Limit);
                await unchanged.WaitForLogAsync(line => IsRead(line, name, isNext), Limit);
            }
            foreach (var running in cluster.Running)
                _read.UnionWith(running.Log.Select(line => Read().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value));
            output.WriteLine($"node {node} has the {(isNext ? "next" : "present")} version; read by the other version so far: {string.Join(' ', _read.Order(StringComparer.Ordinal))}");
        }
    }

    // What the present program writes is what it says; the next one's version of everything is one higher.
    private static string Manifest(string name, bool isNext)
    {
        var present = ContractCatalog.ByName[name].Manifest;
        return isNext ? string.Create(CultureInfo.InvariantCulture, $"{name}:{int.Parse(present.AsSpan(name.Length + 1), CultureInfo.InvariantCulture) + 1}") : present;
    }

    private static bool IsRead(string line, string name, bool isNext) =>
        line.EndsWith($" {Manifest(name, isNext)}, written by another version of this program, is read as {Manifest(name, !isNext)}", StringComparison.Ordinal);

    private static Task UntilMoreArriveAsync(CollectingSink sink)
    {
        var wanted = sink.Deliveries + (3 * Rate);
        return sink.WaitForAsync(() => sink.Deliveries >= wanted, Limit);
    }

    private static string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"id{i:D6}");

    private static string DomainOf(int i) => string.Create(CultureInfo.InvariantCulture, $"{(i % 10 == 0 ? "wait" : "d")}{i % 96}.test");

    [GeneratedRegex(@" (\S+), written by another version of this program, is read as ")]
    private static partial Regex Read();
}
