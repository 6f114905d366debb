using System.Net;
using System.Text.Json;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>What is explained is what happens, and names the key that decides.</summary>
public sealed class ExplainTests : IDisposable
{
    private readonly Workspace _workspace = new("explain");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Each_value_names_the_key_that_it_comes_from()
    {
        NodeSettings settings = new NodeSettings(_workspace)
            .Set("queues.domains", new Dictionary<string, object> { ["*.hot.example"] = new { lanes = 3, expire = "2d" } })
            .Set("delivery.sites", new Dictionary<string, object> { ["*"] = new { maxConnections = 7 } });
        await using ManagedNode node = await ManagedNode.StartAsync(settings);
        JsonElement explained = await node.LookAsync("/api/v1/explain?recipient=Anna@MX.Hot.Example");

        Assert.Equal("Anna@mx.hot.example", explained.GetProperty("recipient").GetString());
        JsonElement[] queues = [.. explained.GetProperty("queues").EnumerateArray()];
        Assert.Equal(["mx.hot.example", "mx.hot.example#1", "mx.hot.example#2"], queues.Select(q => q.GetProperty("queue").GetString()));
        string self = (await node.LookAsync("/api/v1/nodes")).GetProperty("items")[0].GetProperty("node").GetString()!;
        Assert.All(queues, q => Assert.Equal((self, 0), (q.GetProperty("node").GetString(), q.GetProperty("depth").GetInt32())));

        JsonElement route = explained.GetProperty("route");
        Assert.Equal(("routed", "delivery.routes[0]", "smtp"), (Text(route, "outcome"), Text(route, "source"), Text(route, "transport")));
        Assert.Equal(("opportunistic", "delivery.tls"), (Text(route, "tls"), Text(route, "tlsSource")));
        Assert.Equal("127.0.0.1", route.GetProperty("hosts")[0].GetProperty("name").GetString());
        Assert.Equal(("7", "delivery.sites.*.maxConnections"), Value(route.GetProperty("limits"), "maxConnections"));
        Assert.Equal(("10", "delivery.limits.batchSize"), Value(route.GetProperty("limits"), "batchSize"));
        JsonElement retry = explained.GetProperty("retry");
        Assert.Equal(("2d", "queues.domains.*.hot.example.expire"), Value(retry.GetProperty("values"), "expire"));
        Assert.Equal("queues.retry.first", Value(retry.GetProperty("values"), "first").Source);
        JsonElement last = retry.GetProperty("attempts").EnumerateArray().Last();
        Assert.Equal((172800, true), (last.GetProperty("afterSeconds").GetDouble(), last.GetProperty("isLast").GetBoolean()));
    }

    [Fact]
    public async Task What_is_explained_is_where_mail_then_stands()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        int partition = (await node.LookAsync("/api/v1/explain?recipient=@queue.example")).GetProperty("queues")[0].GetProperty("partition").GetInt32();
        using (Running.SmtpDialogue client = await node.Node.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        await node.Node.WaitAsync(async () => (await node.LookAsync("/api/v1/queues")).GetProperty("items").GetArrayLength() == 1);
        JsonElement queue = (await node.LookAsync("/api/v1/queues/queue.example")).GetProperty("lanes")[0];
        Assert.Equal(partition, queue.GetProperty("partition").GetInt32());
        Assert.Equal(1, (await node.LookAsync("/api/v1/explain?recipient=@queue.example")).GetProperty("queues")[0].GetProperty("depth").GetInt32());
    }

    [Fact]
    public async Task What_keeps_mail_back_is_named_with_who_ordered_it_and_why()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await node.ActAsync(HttpMethod.Post, "/api/v1/suspensions", new { domain = "*.held.example", reason = "their maintenance" });
        await node.ActAsync(HttpMethod.Post, "/api/v1/suspensions", new { domain = "other.example" });
        await node.ActAsync(HttpMethod.Post, "/api/v1/holds", new { filter = new { domain = "*", sender = "*@example.org", tenant = "acme" }, @for = "2h", reason = "asked them" });
        await node.ActAsync(HttpMethod.Post, "/api/v1/holds", new { filter = new { domain = "*.example", recipient = "Anna@mx.held.example" } });
        await node.ActAsync(HttpMethod.Post, "/api/v1/holds", new { filter = new { domain = "other.example" } });

        Assert.Equal(
            [
                ("suspension", "domain *.held.example", "", "their maintenance"),
                ("hold", "domain *", "sender *@example.org, tenant acme", "asked them"),
                ("hold", "domain *.example", "", ""),
            ],
            await WithheldByAsync(node, "anna@mx.held.example"));
        Assert.Equal([("hold", "domain *", "sender *@example.org, tenant acme", "asked them")], await WithheldByAsync(node, "bob@free.example"));

        (int code, string output, _) = await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["explain", "bob@free.example"]);
        Assert.Equal(0, code);
        Assert.Matches("(?m)^held     by hold [0-9a-f]{32} of domain \\*, where it has sender \\*@example.org, tenant acme, until \\S+ \\S+, ordered by otto: asked them$", output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?recipient=")]
    [InlineData("?recipient=nobody")]
    [InlineData("?recipient=a@b@c")]
    public async Task What_is_no_address_is_refused(string query)
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, $"/api/v1/explain{query}", ManagedNode.ViewerToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<(string, string, string, string)[]> WithheldByAsync(ManagedNode node, string recipient) =>
        [.. (await node.LookAsync($"/api/v1/explain?recipient={recipient}")).GetProperty("withheldBy").EnumerateArray()
            .Select(o => (Text(o, "kind"), Text(o, "scope"), Text(o, "conditions"), Text(o, "reason")))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static (string Value, string Source) Value(JsonElement values, string name)
    {
        JsonElement found = values.EnumerateArray().Single(v => Text(v, "name") == name);
        return (Text(found, "value"), Text(found, "source"));
    }
}
