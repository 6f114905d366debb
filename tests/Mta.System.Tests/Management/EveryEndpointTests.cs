using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Mta.SystemTests.Management;

/// <summary>
/// Every operation of the OpenAPI document, asked at each of three nodes: about what this node owns and about what the others own, each answers alike. An operation that
/// stands in no table here fails, so that a new one is asked as well.
/// </summary>
public sealed class EveryEndpointTests
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    // What is true of the moment, or of the node that is asked.
    private static readonly HashSet<string> Momentary = new(StringComparer.Ordinal)
    {
        "load", "workingSetBytes", "heapBytes", "sessions", "connections", "rateIn", "rateOut", "selfNode", "ledger", "acceptedAtAge",
    };

    [Fact]
    public async Task Each_node_answers_about_what_the_others_own()
    {
        await using var steered = await SteeredCluster.StartAsync("every-endpoint");
        var operations = await OperationsAsync(steered);
        Dictionary<string, Ask[]> lookups = await LookupsAsync(steered);
        var owners = await Task.WhenAll(Enumerable.Range(0, SteeredCluster.Domains).Select(d => steered.OwnerAsync(SteeredCluster.DomainOf(d))));
        Assert.True(owners.Distinct().Count() > 1, "one node owns all: nothing is proved");

        foreach (var (id, (method, _)) in operations.Where(o => o.Value.Method == HttpMethod.Get))
        {
            Assert.True(lookups.TryGetValue(id, out var asks), $"{id}: say here how it is asked");
            foreach (var ask in asks)
                await IsAnsweredAlikeAsync(steered, method, ask);
        }

        var orders = Orders(await MessagesAsync(steered));
        var given = operations.Where(o => o.Value.Method != HttpMethod.Get).Select(o => o.Key).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(given.Order(StringComparer.Ordinal), orders.Select(o => o.Id).Distinct().Order(StringComparer.Ordinal));
        foreach (var order in orders)
            await order.GiveAsync(steered);
    }

    private static async Task<Dictionary<string, (HttpMethod Method, string Path)>> OperationsAsync(SteeredCluster steered)
    {
        var document = await steered.AskAsync(0, "/openapi/v1.json");
        return document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(m => Methods.Contains(m.Name))
                .Select(m => (Id: m.Value.GetProperty("operationId").GetString()!, Method: new HttpMethod(m.Name.ToUpperInvariant()), Path: path.Name)))
            .ToDictionary(o => o.Id, o => (o.Method, o.Path), StringComparer.Ordinal);
    }

    private static async Task<string[]> MessagesAsync(SteeredCluster steered) =>
        [.. (await steered.AskAsync(1, "/api/v1/messages?domain=*.held.test&limit=100")).GetProperty("items").EnumerateArray().Select(m => m.GetProperty("message").GetString()!)];

    private static async Task<Dictionary<string, Ask[]>> LookupsAsync(SteeredCluster steered)
    {
        var messages = await MessagesAsync(steered);
        Assert.Equal(SteeredCluster.Messages, messages.Length);
        string[] domains = [.. Enumerable.Range(0, SteeredCluster.Domains).Select(SteeredCluster.DomainOf)];
        var job = (await steered.AskAsync(2, HttpMethod.Post, "/api/v1/jobs", """{"action":"retry","filter":{"domain":"*.held.test"}}""")).GetProperty("id").GetString()!;
        for (var node = 0; node < SteeredCluster.Nodes; node++)
            await steered.UntilAsync(node, $"/api/v1/jobs/{job}", j => j.GetProperty("state").GetString() == "ended");
        return new(StringComparer.Ordinal)
        {
            ["alive"] = [new("/alive")],
            ["ready"] = [new("/ready")],
            ["listMembers"] = [new("/cluster/members")],
            ["listShards"] = [new("/cluster/shards/partitions"), new("/cluster/shards/sites")],
            ["listNodes"] = [new("/api/v1/nodes")],
            ["listQueues"] = [new("/api/v1/queues")],
            ["findQueue"] = [.. domains.Select(d => new Ask($"/api/v1/queues/{d}"))],
            ["findMessages"] = [.. domains.Select(d => new Ask($"/api/v1/messages?domain={d}"))],
            ["findMessage"] = [.. messages.Select(m => new Ask($"/api/v1/messages/{m}"))],
            ["listSuspensions"] = [new("/api/v1/suspensions")],
            ["listJobs"] = [new("/api/v1/jobs")],
            ["findJob"] = [new($"/api/v1/jobs/{job}")],
            ["explain"] = [.. domains.Select(d => new Ask($"/api/v1/explain?recipient=anna@{d}"))],
            ["listAudit"] = [new("/api/v1/audit")],
            ["watchEvents"] = [new("/api/v1/events", IsStream: true)],
            ["whoAmI"] = [new("/api/v1/me", Own: "node")],
            ["listSites"] = [new("/api/v1/sites"), new("/api/v1/sites?groupBy=provider")],
            ["listHolds"] = [new("/api/v1/holds")],
            ["listRoutes"] = [new("/api/v1/routes")],
            ["readMessageHeaders"] = [.. messages.Select(m => new Ask($"/api/v1/messages/{m}/headers"))],
            ["readMessageContent"] = [.. messages.Select(m => new Ask($"/api/v1/messages/{m}/content"))],
            ["traceSession"] = [new("/api/v1/trace/sessions?client=192.0.2.1", IsStream: true)],
            ["traceDelivery"] = [new("/api/v1/trace/deliveries?domain=nobody.test", IsStream: true)],
        };
    }

    // In this order: what is undone later is done first. Each goes to another node than the one before.
    private static Order[] Orders(string[] messages) =>
    [
        new("orderJob", 1, HttpMethod.Post, "/api/v1/jobs", $$$"""{"action":"drop","filter":{"message":"{{{messages[0]}}}"}}""",
            async (steered, node, answer) =>
            {
                var ended = await steered.UntilAsync(node, $"/api/v1/jobs/{answer.GetProperty("id").GetString()}", j => j.GetProperty("state").GetString() == "ended");
                Assert.Equal(1, ended.GetProperty("count").GetInt32());
                Assert.Equal(SteeredCluster.Messages - 1, (await steered.AskAsync(node, "/api/v1/queues")).GetProperty("totals").GetProperty("depth").GetInt32());
            }),
        new("suspend", 2, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"other.test"}""", (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/suspensions", 2)),
        new("resume", 0, HttpMethod.Delete, "/api/v1/suspensions/{other.test}", null, (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/suspensions", 1)),
        new("orderHold", 1, HttpMethod.Post, "/api/v1/holds", """{"filter":{"domain":"other.test"},"reason":"asked them"}""", (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/holds", 1)),
        new("endHold", 2, HttpMethod.Delete, "/api/v1/holds/{first}", null, (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/holds", 0)),
        new("orderRoute", 0, HttpMethod.Post, "/api/v1/routes", """{"domain":"other.test","via":"relay.example:25"}""", (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/routes", 1)),
        new("endRoute", 1, HttpMethod.Delete, "/api/v1/routes/{first}", null, (steered, node, _) => UntilListedAsync(steered, node, "/api/v1/routes", 0)),
        new("drainNode", 1, HttpMethod.Post, "/api/v1/nodes/node2.test/drain", null, (steered, node, _) => UntilDrainAsync(steered, node, "drained")),
        new("undrainNode", 0, HttpMethod.Delete, "/api/v1/nodes/node2.test/drain", null, (steered, node, _) => UntilDrainAsync(steered, node, "none")),
        // The others declare a member dead that is: nothing else must be.
        new("changeMember", 0, HttpMethod.Put, "/cluster/members/{victim}", """{"operation":"down"}""",
            (steered, node, _) => steered.UntilAsync(node, "/cluster/members", m => m.GetProperty("members").GetArrayLength() == 2), KillsFirst: 2),
    ];

    private static Task<JsonElement> UntilListedAsync(SteeredCluster steered, int node, string path, int count) => steered.UntilAsync(
        node, path, s => s.GetProperty("items").GetArrayLength() == count && s.GetProperty("pendingPartitions").GetArrayLength() == 0);

    private static Task<JsonElement> UntilDrainAsync(SteeredCluster steered, int node, string state) => steered.UntilAsync(
        node, "/api/v1/nodes", n => n.GetProperty("items")[2].GetProperty("report").GetProperty("drain").GetString() == state);

    private static async Task IsAnsweredAlikeAsync(SteeredCluster steered, HttpMethod method, Ask ask)
    {
        List<string> answers = [];
        for (var node = 0; node < SteeredCluster.Nodes; node++)
            answers.Add(ask.IsStream ? await steered.ListenAsync(node, ask.Path) : Lasting(await steered.SendAsync(node, method, ask.Path), ask));
        Assert.True(answers.Distinct(StringComparer.Ordinal).Count() == 1, $"{ask.Path}:\n{string.Join('\n', answers)}");
    }

    // The answer without what changes from moment to moment.
    private static string Lasting((System.Net.HttpStatusCode Status, string Text) answer, Ask ask)
    {
        Assert.True((int)answer.Status == 200, string.Create(CultureInfo.InvariantCulture, $"{ask.Path}: {(int)answer.Status} {answer.Text}"));
        return answer.Text.StartsWith('{') || answer.Text.StartsWith('[') ? Masked(JsonNode.Parse(answer.Text), ask.Own)!.ToJsonString() : answer.Text;
    }

    private static JsonNode? Masked(JsonNode? node, string own) => node switch
    {
        JsonObject value => new JsonObject(value.Where(p => p.Key != own && !Momentary.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, Masked(p.Value, own)))),
        JsonArray list => new JsonArray([.. list.Select(item => Masked(item, own))]),
        _ => node?.DeepClone(),
    };

    // Own: what each node says of itself.
    private sealed record Ask(string Path, bool IsStream = false, string Own = "");

    private sealed record Order(string Id, int Node, HttpMethod Method, string Path, string? Body, Func<SteeredCluster, int, JsonElement, Task> IsDoneAsync, int? KillsFirst = null)
    {
        public async Task GiveAsync(SteeredCluster steered)
        {
            var path = await FilledAsync(steered);
            if (KillsFirst is { } victim)
                await steered.Cluster.KillAsync(victim);
            var answer = await steered.AskAsync(Node, Method, path, Body);
            for (var node = 0; node < SteeredCluster.Nodes; node++)
            {
                if (steered.Cluster[node] is not null)
                    await IsDoneAsync(steered, node, answer);
            }
        }

        // An id in the path stands there as the name of what it is the id of, or as that of the first.
        private async Task<string> FilledAsync(SteeredCluster steered)
        {
            var (open, close) = (Path.IndexOf('{', StringComparison.Ordinal), Path.IndexOf('}', StringComparison.Ordinal));
            if (open < 0)
                return Path;
            // One that does not answer any more is known by its address alone.
            if (KillsFirst is { } victim)
                return Path[..open] + (await steered.AskAsync(Node, "/api/v1/nodes")).GetProperty("items")[victim].GetProperty("node").GetString();
            var name = Path[(open + 1)..close];
            var items = (await steered.AskAsync(Node, Path[..(open - 1)])).GetProperty("items").EnumerateArray();
            var id = items.First(i => name == "first" || i.GetProperty("name").GetString() == name).GetProperty("id").GetString();
            return $"{Path[..open]}{id}{Path[(close + 1)..]}";
        }
    }
}
