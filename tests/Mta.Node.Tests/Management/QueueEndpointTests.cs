using System.Net;
using System.Text.Json;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Lists of queues, sites and messages over HTTP: order, conditions, pages; and what is said of what cannot be asked.</summary>
public sealed class QueueEndpointTests : IDisposable
{
    private readonly Workspace _workspace = new("queues");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Queues_are_listed_sorted_filtered_and_page_by_page()
    {
        await using ManagedNode node = await StartAsync();
        Assert.Equal("b.example a.example c.other", await NamesAsync(node, "?sort=depth"));
        Assert.Equal("a.example c.other b.example", await NamesAsync(node, "?sort=depth&order=asc"));
        Assert.Equal("c.other b.example a.example", await NamesAsync(node, "?sort=name&order=desc"));
        Assert.Equal("a.example b.example", await NamesAsync(node, "?sort=name&domain=*.EXAMPLE&suspended=true"));
        Assert.Equal("", await NamesAsync(node, "?suspended=false"));
        Assert.Equal("", await NamesAsync(node, "?reason=HostUnreachable"));
        JsonElement first = await node.LookAsync("/api/v1/queues?sort=name&limit=2");
        Assert.Equal((2, 3, 4), (first.GetProperty("items").GetArrayLength(), first.GetProperty("count").GetInt32(), first.GetProperty("totals").GetProperty("depth").GetInt32()));
        JsonElement second = await node.LookAsync($"/api/v1/queues?sort=name&limit=2&cursor={first.GetProperty("next").GetString()}");
        Assert.Equal(("c.other", JsonValueKind.Null), (Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("queue").GetString(), second.GetProperty("next").ValueKind));
    }

    [Fact]
    public async Task One_queue_is_told_with_its_route_schedule_and_mail()
    {
        await using ManagedNode node = await StartAsync();
        JsonElement queue = await node.LookAsync("/api/v1/queues/B.example");
        Assert.Equal(("b.example", 2), (queue.GetProperty("domain").GetString(), Assert.Single(queue.GetProperty("lanes").EnumerateArray()).GetProperty("depth").GetInt32()));
        Assert.Equal("routed", queue.GetProperty("route").GetProperty("outcome").GetString());
        Assert.NotEqual(0, queue.GetProperty("route").GetProperty("limits").GetArrayLength());
        Assert.NotEqual(0, queue.GetProperty("schedule").GetProperty("attempts").GetArrayLength());
        Assert.Equal(2, queue.GetProperty("messages").GetProperty("count").GetInt32());
        foreach (string none in new[] { "none.example", "*.example", "*" })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, $"/api/v1/queues/{none}", ManagedNode.ViewerToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Sites_and_providers_have_the_sums_of_their_queues()
    {
        await using ManagedNode node = await StartAsync();
        foreach (string path in new[] { "/api/v1/sites", "/api/v1/sites?groupBy=provider" })
        {
            JsonElement sites = await node.LookAsync(path);
            JsonElement line = Assert.Single(sites.GetProperty("items").EnumerateArray());
            Assert.Equal((3, 4, 3, 4), (line.GetProperty("queues").GetInt32(), line.GetProperty("depth").GetInt32(), line.GetProperty("suspended").GetInt32(), sites.GetProperty("totals").GetProperty("depth").GetInt32()));
        }
    }

    [Fact]
    public async Task Mail_is_found_by_tenant_campaign_and_message_id()
    {
        await using ManagedNode node = await StartAsync();
        JsonElement line = Assert.Single((await node.LookAsync("/api/v1/messages?tenant=acme&campaign=spring&messageId=%3C1@example.org%3E")).GetProperty("items").EnumerateArray());
        Assert.Equal(
            ("a.example", "acme", "spring", "1@example.org"),
            (line.GetProperty("queue").GetString(), line.GetProperty("tenant").GetString(), line.GetProperty("campaign").GetString(), line.GetProperty("messageIdHeader").GetString()));
        Assert.Equal(0, (await node.LookAsync("/api/v1/messages?tenant=other")).GetProperty("count").GetInt32());
        Assert.Equal(1, (await node.LookAsync("/api/v1/messages?recipient=user@A.Example")).GetProperty("count").GetInt32());
        JsonElement job = await node.ActAsync(HttpMethod.Post, "/api/v1/jobs", new { action = "drop", filter = new { tenant = "acme", messageId = "<1@example.org>" } });
        Assert.Equal(("acme", "1@example.org"), (job.GetProperty("tenant").GetString(), job.GetProperty("messageIdHeader").GetString()));
        await node.Node.WaitAsync(async () => (await node.LookAsync("/api/v1/queues")).GetProperty("totals").GetProperty("depth").GetInt32() == 3);
    }

    [Theory]
    [InlineData("/api/v1/queues?sort=size", "one of depth, due")]
    [InlineData("/api/v1/queues?order=up", "asc or desc")]
    [InlineData("/api/v1/queues?limit=1001", "0 to 1000")]
    [InlineData("/api/v1/queues?domain=a..b", "'*.' and a domain")]
    [InlineData("/api/v1/queues?reason=Whim", "one of DnsFailure")]
    [InlineData("/api/v1/queues?cursor=rubbish", "in the same order")]
    [InlineData("/api/v1/queues?sort=name&cursor=MCBkIDMgYi5leGFtcGxl", "in the same order")]
    [InlineData("/api/v1/sites?groupBy=colour", "expected provider")]
    [InlineData("/api/v1/sites?limit=0", "1 to 1000")]
    public async Task What_cannot_be_asked_is_refused_with_what_is_expected(string path, string expected)
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, path, ManagedNode.ViewerToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(expected, JsonSerializer.Deserialize<JsonElement>(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<string> NamesAsync(ManagedNode node, string query) => string.Join(
        ' ', (await node.LookAsync($"/api/v1/queues{query}")).GetProperty("items").EnumerateArray().Select(q => q.GetProperty("queue").GetString()));

    // A node with mail in three queues, all of it suspended so that it stays.
    private async Task<ManagedNode> StartAsync()
    {
        ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace), Loopback.FreePort());
        await node.ActAsync(HttpMethod.Post, "/api/v1/suspensions", new { domain = "*" });
        foreach ((string recipient, string header) in new[]
        {
            ("user@a.example", "X-Tenant: acme\r\nX-Campaign: spring\r\nMessage-ID: <1@example.org>\r\n"), ("user@b.example", ""), ("user@b.example", "X-Tenant: acme\r\n"), ("user@c.other", ""),
        })
        {
            using SmtpDialogue client = await node.Node.ConnectAsync();
            await client.BeginAsync(recipient);
            await client.SayAsync($"{header}Subject: test\r\n\r\nHello\r\n.", "250 ");
        }
        await node.Node.WaitAsync(async () => (await node.LookAsync("/api/v1/queues")).GetProperty("totals").GetProperty("depth").GetInt32() == 4);
        return node;
    }
}
