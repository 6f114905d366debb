using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>Three real nodes: whichever is asked answers for the whole cluster, and what it orders holds on the others.</summary>
public sealed class ManagementTests : IDisposable
{
    private const int Nodes = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };
    private readonly Workspace _workspace = new("management");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Any_node_answers_for_all_and_acts_on_all()
    {
        await using CollectingSink sink = new();
        await using var cluster = await NodeCluster.StartAsync(_workspace, Nodes, settings => settings.RouteAllTo(sink.EndPoint.Port).RetryQuickly());
        await cluster.UntilMembersAsync(Nodes, Limit);
        await cluster.UntilPartitionsPlacedAsync(Limit);

        await EveryNodeTellsTheSameAsync(cluster);
        await OneThatWatchesSeesWhatOthersDoAsync(cluster);
        await ADrainOrderedElsewhereHoldsAndIsOnRecordEverywhereAsync(cluster);
        await AMemberLeavesByAnothersOrderAsync(cluster);
    }

    private static async Task EveryNodeTellsTheSameAsync(NodeCluster cluster)
    {
        List<(string Nodes, string Shards, string Owner)> told = [];
        for (var i = 0; i < Nodes; i++)
        {
            var nodes = await GetAsync(cluster, i, "/api/v1/nodes");
            Assert.All(nodes.GetProperty("items").EnumerateArray(), n => Assert.Equal(JsonValueKind.Object, n.GetProperty("report").ValueKind));
            var shards = await GetAsync(cluster, i, "/cluster/shards/partitions");
            var explained = await GetAsync(cluster, i, "/api/v1/explain?recipient=anna@here.example");
            told.Add((
                string.Join(' ', nodes.GetProperty("items").EnumerateArray().Select(n => n.GetProperty("report").GetProperty("hostName").GetString())),
                string.Join(' ', shards.GetProperty("shards").EnumerateArray().Select(s => $"{s.GetProperty("shard")}={s.GetProperty("node")}")),
                explained.GetProperty("queues")[0].GetProperty("node").GetString()!));
        }
        Assert.Equal("node0.test node1.test node2.test", told[0].Nodes);
        Assert.Single(told.Select(t => t.Nodes).Distinct());
        Assert.NotEqual("", Assert.Single(told.Select(t => t.Owner).Distinct()));
        // Each of the shards, once, wherever it is asked for.
        Assert.All(told, t => Assert.Equal(NodeSettings.Partitions, t.Shards.Split(' ').Length));
    }

    private static async Task OneThatWatchesSeesWhatOthersDoAsync(NodeCluster cluster)
    {
        using var answer = await Http.GetAsync(new Uri(cluster.Settings[0].Management, "/api/v1/events?kinds=received,delivered"), HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await using var items = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
        Assert.True(await items.MoveNextAsync());
        HashSet<string> waited = [.. Enumerable.Range(0, Nodes).SelectMany(i => new[] { $"received r{i}@here{i}.example", $"delivered r{i}@here{i}.example" })];
        // The nodes have been asked with the first word; each has answered when its first event comes.
        for (var i = 0; i < Nodes; i++)
            await SendAsync(cluster.Smtp[i], $"r{i}@here{i}.example");
        while (waited.Count > 0)
        {
            Assert.True(await items.MoveNextAsync().AsTask().WaitAsync(Limit), $"missing: {string.Join(", ", waited)}");
            if (items.Current.EventType != "lost")
                waited.Remove($"{items.Current.EventType} {JsonSerializer.Deserialize<JsonElement>(items.Current.Data).GetProperty("recipient").GetString()}");
        }
    }

    private static async Task ADrainOrderedElsewhereHoldsAndIsOnRecordEverywhereAsync(NodeCluster cluster)
    {
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(cluster, 0, HttpMethod.Post, "/api/v1/nodes/node2.test/drain"));
        Assert.False(await cluster[2]!.IsReadyAsync());
        Assert.True(await cluster[1]!.IsReadyAsync());
        for (var i = 0; i < Nodes; i++)
        {
            var report = (await GetAsync(cluster, i, "/api/v1/nodes")).GetProperty("items")[2].GetProperty("report");
            Assert.Contains(report.GetProperty("drain").GetString(), new[] { "draining", "drained" });
            var record = (await GetAsync(cluster, i, "/api/v1/audit?action=node.drain")).GetProperty("items")[0];
            Assert.Equal(("node0.test", "node2.test"), (record.GetProperty("node").GetString(), record.GetProperty("target").GetString()));
        }
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(cluster, 1, HttpMethod.Delete, "/api/v1/nodes/node2.test/drain"));
        Assert.True(await cluster[2]!.IsReadyAsync());
    }

    private static async Task AMemberLeavesByAnothersOrderAsync(NodeCluster cluster)
    {
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(cluster, 0, HttpMethod.Put, "/cluster/members/node2.test", """{"operation":"leave"}"""));
        await cluster.EndedAsync(2, Limit);
        await cluster.UntilMembersAsync(Nodes - 1, Limit);
        // What it owned is others' now, and any of them says so.
        await Eventually.HoldsAsync(
            async () => (await GetAsync(cluster, 1, "/cluster/shards/partitions")).GetProperty("shards").GetArrayLength() == NodeSettings.Partitions,
            Limit,
            async () => (await GetAsync(cluster, 1, "/cluster/shards/partitions")).ToString());
    }

    private static async Task<JsonElement> GetAsync(NodeCluster cluster, int node, string path)
    {
        using var answer = await Http.GetAsync(new Uri(cluster.Settings[node].Management, path));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<HttpStatusCode> OrderAsync(NodeCluster cluster, int node, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(cluster.Settings[node].Management, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task SendAsync(IPEndPoint server, string recipient)
    {
        using MailKit.Net.Smtp.SmtpClient client = new();
        await client.ConnectAsync(server.Address.ToString(), server.Port, MailKit.Security.SecureSocketOptions.None);
        using MimeKit.MimeMessage message = new();
        message.From.Add(new MimeKit.MailboxAddress("", "sender@example.org"));
        message.To.Add(new MimeKit.MailboxAddress("", recipient));
        message.Body = new MimeKit.TextPart { Text = "Hello" };
        await client.SendAsync(message);
        await client.DisconnectAsync(true);
    }
}
