using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
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
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };

    [Fact]
    public async Task A_bounce_of_twenty_thousand_messages_is_counted_exactly_and_each_sender_is_told_once()
    {
        const int FromSenders = 20_000, FromNobody = 500;
        using Workspace workspace = new("bounce");
        await using CollectingSink sink = new();
        await using var cluster = await StartAsync(workspace, sink);
        await FillAsync(cluster, FromSenders + FromNobody, i => i < FromSenders ? $"{IdOf(i)}@senders.test" : "");

        var began = TimeProvider.System.GetTimestamp();
        var bounced = await DoneAsync(cluster, 2, """{"action":"bounce","filter":{"sender":"*@senders.test"},"reason":"the list is wrong"}""");
        output.WriteLine($"{FromSenders} messages bounced in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
        Assert.Equal(FromSenders, bounced.GetProperty("count").GetInt64());
        await sink.WaitForAsync(() => sink.Arrived.Count == FromSenders, Limit);
        Assert.All(sink.Arrived, told => Assert.Equal(1, told.Value));

        // The sink has the last notifications before their delivery is recorded.
        await Eventually.HoldsAsync(async () => await cluster.DepthAsync() == FromNobody, Limit, async () => $"{await cluster.DepthAsync()} are queued");
        Assert.Equal(FromNobody, (await DoneAsync(cluster, 1, """{"action":"bounce","filter":{"sender":"<>"}}""")).GetProperty("count").GetInt64());
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
        await FillAsync(cluster, Messages, _ => "");
        var keeper = await KeeperAsync(cluster);
        var other = (keeper + 1) % Nodes;
        var ordered = await SendAsync(cluster, other, HttpMethod.Post, "/api/v1/jobs", """{"action":"drop","filter":{"domain":"*.held.test"}}""");
        // It has the order, and perhaps has begun to carry it out.
        await cluster.KillAsync(keeper);
        var ended = await EndedAsync(cluster, other, ordered.GetProperty("id").GetString()!);
        Assert.Equal(Messages, ended.GetProperty("count").GetInt64());
        await cluster.UntilEmptyAsync(Limit);
        Assert.Empty(sink.Arrived);
    }

    private static async Task<NodeCluster> StartAsync(Workspace workspace, CollectingSink sink)
    {
        var cluster = await NodeCluster.StartAsync(workspace, Nodes, s => s.RouteAllTo(sink.EndPoint.Port).RetryQuickly().Set("receiving.limits", new { messagesPerSession = 100_000 }));
        await cluster.UntilMembersAsync(Nodes, Limit);
        await SendAsync(cluster, 0, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"*.held.test"}""");
        await Eventually.HoldsAsync(
            async () => (await SendAsync(cluster, 1, HttpMethod.Get, "/api/v1/suspensions")).GetProperty("pendingPartitions").GetArrayLength() == 0,
            Limit,
            async () => (await SendAsync(cluster, 1, HttpMethod.Get, "/api/v1/suspensions")).ToString());
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
    private static async Task<int> KeeperAsync(NodeCluster cluster)
    {
        var shards = await SendAsync(cluster, 0, HttpMethod.Get, "/cluster/shards/partitions");
        var owner = shards.GetProperty("shards").EnumerateArray().Single(s => s.GetProperty("shard").GetString() == "0").GetProperty("node").GetString()!;
        return Enumerable.Range(0, Nodes).Single(i => owner.Contains($"{cluster.Settings[i].Address}:", StringComparison.Ordinal));
    }

    private static async Task<JsonElement> DoneAsync(NodeCluster cluster, int node, string order) =>
        await EndedAsync(cluster, node, (await SendAsync(cluster, node, HttpMethod.Post, "/api/v1/jobs", order)).GetProperty("id").GetString()!);

    private static async Task<JsonElement> EndedAsync(NodeCluster cluster, int node, string id)
    {
        JsonElement job = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                // While the ledger moves, it is not there.
                using var answer = await Http.GetAsync(new Uri(cluster.Settings[node].Management, $"/api/v1/jobs/{id}"));
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                    return false;
                job = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
                return job.GetProperty("state").GetString() == "ended";
            },
            Limit,
            () => Task.FromResult(job.ToString()));
        return job;
    }

    private static string IdOf(int i) => string.Create(CultureInfo.InvariantCulture, $"id{i:D6}");

    private static async Task<JsonElement> SendAsync(NodeCluster cluster, int node, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(cluster.Settings[node].Management, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{method} {path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
