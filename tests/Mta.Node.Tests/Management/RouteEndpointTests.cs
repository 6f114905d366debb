using System.Net;
using System.Text.Json;
using Mta.Cli;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Standing routes over HTTP: what may be said, what is answered and explained, what is on record.</summary>
public sealed class RouteEndpointTests : IDisposable
{
    private const string Path = "/api/v1/routes";
    private readonly Workspace _workspace = new("routes");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_standing_route_is_listed_and_explained_until_it_ends()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement counted = await node.ActAsync(HttpMethod.Post, Path, new { domain = "*.example", via = "relay.invalid", dryRun = true });
        Assert.Equal(0, counted.GetProperty("dryRun").GetProperty("refs").GetInt32());
        JsonElement taken = await node.ActAsync(HttpMethod.Post, Path, new { domain = "*.EXAMPLE", via = "Relay.INVALID:587", @for = "2h", reason = "their relay" });
        JsonElement route = Assert.Single((await node.LookAsync(Path)).GetProperty("items").EnumerateArray());
        Assert.True(JsonElement.DeepEquals(taken.GetProperty("route"), route));
        Assert.Equal(("*.example", "relay.invalid:587", "otto", "their relay"), (Text(route, "domain"), Text(route, "via"), Text(route, "by"), Text(route, "reason")));
        Assert.Equal(
            ($"standing route {Text(route, "id")} of *.example via relay.invalid:587", "smtp:relay.invalid:587", "relay.invalid"), await ExplainAsync(node, "queue.example"));
        Assert.Equal("delivery.routes[0]", (await ExplainAsync(node, "queue.test")).Source);

        JsonElement ended = await node.ActAsync(HttpMethod.Delete, $"{Path}/{Text(route, "id")}");
        Assert.Equal(0, ended.GetProperty("items").GetArrayLength());
        Assert.Equal("delivery.routes[0]", (await ExplainAsync(node, "queue.example")).Source);
        string[] records = [.. (await node.LookAsync("/api/v1/audit")).GetProperty("items").EnumerateArray().Select(r => $"{Text(r, "action")}: {Text(r, "detail")}: {Text(r, "outcome")}")];
        Assert.Equal($"route.end: : {Kept(ended)}", records[0]);
        Assert.Equal($"route.order: domain=*.EXAMPLE via=Relay.INVALID:587 for=2h reason=their relay: {Text(route, "id")}: {Kept(taken)}", records[1]);

        // The record says what the answer said: on a busy machine not all partitions have journaled an order when it is answered.
        static string Kept(JsonElement answer) =>
            answer.GetProperty("pendingPartitions").GetArrayLength() is var pending and > 0 ? $"{pending} partitions pending" : "kept by all partitions";
    }

    [Fact]
    public async Task A_configured_route_may_be_named_and_its_keys_are_explained()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement taken = await node.ActAsync(HttpMethod.Post, Path, new { domain = "queue.example", via = "ROUTE:*" });
        Assert.Equal("route:*", Text(taken.GetProperty("route"), "via"));
        JsonElement explained = (await node.LookAsync("/api/v1/explain?recipient=@queue.example")).GetProperty("route");
        Assert.EndsWith("via route:*, delivery.routes[0]", Text(explained, "source"), StringComparison.Ordinal);
        Assert.Equal("delivery.tls", Text(explained, "tlsSource"));
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_with_what_is_expected()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach ((object order, string expected) in new (object, string)[]
        {
            (new { }, "'*.' and a domain"),
            (new { domain = "not a domain", via = "mx" }, "'*.' and a domain"),
            (new { domain = "a.test" }, "a host with an optional port"),
            (new { domain = "a.test", via = "default" }, "a host with an optional port"),
            (new { domain = "a.test", via = "route:nothing" }, "first pattern of a configured route"),
            (new { domain = "a.test", via = "host:0" }, "a host with an optional port"),
            (new { domain = "a.test", via = "mx", @for = "0" }, "a duration such as 90m"),
            (new { domain = "a.test", via = "mx", reason = new string('x', 301) }, "at most 300 characters"),
        })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Post, Path, ManagedNode.OperatorToken, order);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(expected, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("detail").GetString()!, StringComparison.Ordinal);
        }
        using HttpResponseMessage none = await node.SendAsync(HttpMethod.Delete, $"{Path}/nothing", ManagedNode.OperatorToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Mtactl_adds_a_route_after_a_question_and_ends_it_by_its_domains()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        string[] add = ["routes", "add", "*.example", "--via", "mx"];
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, add)).Code);
        Assert.Equal(ExitCodes.Refused, (await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, [.. add, "--yes"])).Code);
        Assert.Equal(0, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, [.. add, "--yes"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["routes", "end", "example", "--yes"])).Code);
        Assert.Equal(0, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["routes", "end", "*.example", "--yes"])).Code);
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());
    }

    private static async Task<(string? Source, string? Site, string? Host)> ExplainAsync(ManagedNode node, string domain)
    {
        JsonElement route = (await node.LookAsync($"/api/v1/explain?recipient=@{domain}")).GetProperty("route");
        return (Text(route, "source"), Text(route, "site"), Text(route.GetProperty("hosts")[0], "name"));
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
