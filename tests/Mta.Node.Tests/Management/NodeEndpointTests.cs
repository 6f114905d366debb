using System.Net;
using System.Text.Json;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>What a node tells of itself, its drain, and its leave.</summary>
public sealed class NodeEndpointTests : IDisposable
{
    private readonly Workspace _workspace = new("nodes");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_node_tells_how_it_is()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using SmtpDialogue open = await node.Node.ConnectAsync();
        JsonElement self = (await node.LookAsync("/api/v1/nodes")).GetProperty("items").EnumerateArray().Single();
        JsonElement report = self.GetProperty("report");
        Assert.Equal(("Up", true), (self.GetProperty("status").GetString(), self.GetProperty("isReachable").GetBoolean()));
        Assert.Equal(["egress", "ingress", "management", "queue"], self.GetProperty("roles").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(("node.test", NodeHost.Version, "none"), (report.GetProperty("hostName").GetString(), report.GetProperty("version").GetString(), report.GetProperty("drain").GetString()));
        Assert.Equal((1, 0), (report.GetProperty("sessions").GetInt32(), report.GetProperty("connections").GetInt32()));
        Assert.True(report.GetProperty("workingSetBytes").GetInt64() > 0);
        Assert.Equal(0, report.GetProperty("waiting").GetArrayLength());
        Assert.Equal(["accepted", "delivered", "deferred", "bounced"], report.GetProperty("mail").EnumerateObject().Select(count => count.Name));
        Assert.All(report.GetProperty("mail").EnumerateObject(), count => Assert.Equal(0, count.Value.GetInt64()));
    }

    [Fact]
    public async Task A_drained_node_takes_no_mail_until_it_may_again()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using SmtpDialogue transaction = await node.Node.ConnectAsync();
        await transaction.BeginAsync("recipient@queue.example");
        using SmtpDialogue idle = await node.Node.ConnectAsync();
        await idle.SayAsync("EHLO client.example", "250 ");

        Assert.Equal("draining", (await node.ActAsync(HttpMethod.Post, "/api/v1/nodes/node.test/drain")).GetProperty("drain").GetString());

        Assert.StartsWith("421 4.3.2 ", await idle.ReplyAsync(), StringComparison.Ordinal);
        await transaction.EndAsync("250 2.0.0 ");
        Assert.StartsWith("421 4.3.2 ", await transaction.ReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.3.2 ", await FirstReplyAsync(node), StringComparison.Ordinal);
        (HttpStatusCode status, string text) = await node.Node.GetAsync("/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("\"drain\"", text, StringComparison.Ordinal);
        await node.Node.WaitAsync(async () => await DrainAsync(node) == "drained");

        await node.ActAsync(HttpMethod.Delete, "/api/v1/nodes/node.test/drain");
        Assert.Equal(HttpStatusCode.OK, (await node.Node.GetAsync("/ready")).Status);
        using SmtpDialogue again = await node.Node.ConnectAsync();
        Assert.Equal("none", await DrainAsync(node));
    }

    [Fact]
    public async Task Shards_are_told_with_their_owner()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement shards = await node.LookAsync("/cluster/shards/partitions");
        Assert.Equal(Enumerable.Range(0, 16).Select(i => $"{i}"), shards.GetProperty("shards").EnumerateArray().Select(s => s.GetProperty("shard").GetString()));
        string self = (await node.LookAsync("/api/v1/nodes")).GetProperty("items")[0].GetProperty("node").GetString()!;
        Assert.All(shards.GetProperty("shards").EnumerateArray(), s => Assert.Equal(self, s.GetProperty("node").GetString()));
        using HttpResponseMessage none = await node.SendAsync(HttpMethod.Get, "/cluster/shards/nothing", ManagedNode.ViewerToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task What_is_to_become_of_a_member_must_be_said()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach ((string path, object body, HttpStatusCode expected) in new (string, object, HttpStatusCode)[]
        {
            ("node.test", new { operation = "explode" }, HttpStatusCode.BadRequest),
            ("node.test", new { }, HttpStatusCode.BadRequest),
            ("nobody.test", new { operation = "leave" }, HttpStatusCode.NotFound),
        })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Put, $"/cluster/members/{path}", ManagedNode.OperatorToken, body);
            Assert.Equal(expected, answer.StatusCode);
        }
        using (HttpResponseMessage unread = await node.SendAsync(HttpMethod.Put, "/cluster/members/node.test", ManagedNode.OperatorToken, "leave"))
            Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        JsonElement records = (await node.LookAsync("/api/v1/audit")).GetProperty("items");
        Assert.All(records.EnumerateArray(), r => Assert.StartsWith("refused, 40", r.GetProperty("outcome").GetString(), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await node.Node.GetAsync("/ready")).Status);
    }

    private static async Task<string> DrainAsync(ManagedNode node) =>
        (await node.LookAsync("/api/v1/nodes")).GetProperty("items")[0].GetProperty("report").GetProperty("drain").GetString()!;

    private static async Task<string> FirstReplyAsync(ManagedNode node)
    {
        using System.Net.Sockets.TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, node.Node.Settings.SmtpPort, TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
    }
}
