using System.Globalization;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Jobs over mail that is spread over three nodes: what is meant ends once, each sender is told once, and the count says so, whoever dies meanwhile.</summary>
public sealed class MessageJobTests(ITestOutputHelper output)
{
    private const int Nodes = 3;
    private const int Domains = 40;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_bounce_of_twenty_thousand_messages_is_counted_exactly_and_each_sender_is_told_once()
    {
        const int FromSenders = 20_000, FromNobody = 500;
        using Workspace workspace = new("bounce");
        await using CollectingSink sink = new();
        await using var cluster = await StartAsync(workspace, sink);
        ClusterOperator op = new(cluster, Limit);
        await FillAsync(cluster, FromSenders + FromNobody, i => i < FromSenders ? $"{IdOf(i)}@senders.test" : "");

        var began = TimeProvider.System.GetTimestamp();
        var bounced = await op.DoneAsync(2, """{"action":"bounce","filter":{"sender":"*@senders.test"},"reason":"the list is wrong"}""");
        output.WriteLine($"{FromSenders} messages bounced in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.Equal(FromSenders, bounced);
        await sink.WaitForAsync(() => sink.Arrived.Count == FromSenders, Limit);
        Assert.All(sink.Arrived, told => Assert.Equal(1, told.Value));

        // The sink has the last notifications before their delivery is recorded.
        await Eventually.HoldsAsync(async () => await cluster.DepthAsync() == FromNobody, Limit, async () => $"{await cluster.DepthAsync()} are queued");
        Assert.Equal(FromNobody, await op.DoneAsync(1, """{"action":"bounce","filter":{"sender":"<>"}}"""));
        await cluster.UntilEmptyAsync(Limit);
        Assert.Equal(FromSenders, sink.Deliveries);
    }

    [Fact]
    public async Task A_job_survives_the_node_that_keeps_it_and_its_count_is_exact()
    {
        const int Messages = 4_000;
        using Workspace workspace = new("job-loss");
        await using CollectingSink sink = new();
        await using var cluster = await StartAsync(workspace, sink);
        ClusterOperator op = new(cluster, Limit);
        await FillAsync(cluster, Messages, _ => "");
        var keeper = await KeeperAsync(cluster, op);
        var other = (keeper + 1) % Nodes;
        var ordered = await op.OrderAsync(other, HttpMethod.Post, "/api/v1/jobs", """{"action":"drop","filter":{"domain":"*.held.test"}}""");
        // It has the order, and perhaps has begun to carry it out.
        await cluster.KillAsync(keeper);
        Assert.Equal(Messages, await op.EndedAsync(other, ordered.GetProperty("id").GetString()!));
        await cluster.UntilEmptyAsync(Limit);
        Assert.Empty(sink.Arrived);
    }

    private static async Task<NodeCluster> StartAsync(Workspace workspace, CollectingSink sink)
    {
        var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly().Set("receiving.limits", new { messagesPerSession = 100_000 }));
        await cluster.UntilMembersAsync(Nodes, Limit);
        ClusterOperator op = new(cluster, Limit);
        await op.OrderAsync(0, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"*.held.test"}""");
        await op.UntilKeptAsync(1, "/api/v1/suspensions");
        return cluster;
    }

    private static async Task FillAsync(NodeCluster cluster, int messages, Func<int, string> sender)
    {
        LoadGenerator generator = new(
            cluster.Smtp, i => LoadMessage.Create(IdOf(i), string.Create(CultureInfo.InvariantCulture, $"d{i % Domains}.held.test"), 600, sender(i)));
        await generator.RunAsync(messages, 12, CancellationToken.None);
        Assert.Equal(messages, generator.Accepted.Count);
        await Eventually.HoldsAsync(async () => await cluster.DepthAsync() == messages, Limit, async () => $"{await cluster.DepthAsync()} are queued");
    }

    // The ledger of orders is with partition 0.
    private static async Task<int> KeeperAsync(NodeCluster cluster, ClusterOperator op)
    {
        var shards = await op.GetAsync(0, "/cluster/shards/partitions");
        var owner = shards.GetProperty("shards").EnumerateArray().Single(s => s.GetProperty("shard").GetString() == "0").GetProperty("node").GetString()!;
        return Enumerable.Range(0, Nodes).Single(i => owner.Contains($"{cluster.Settings[i].Address}:", StringComparison.Ordinal));
    }

    private static string IdOf(int i) => string.Create(CultureInfo.InvariantCulture, $"id{i:D6}");
}
