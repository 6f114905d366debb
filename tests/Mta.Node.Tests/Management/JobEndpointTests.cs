using System.Net;
using System.Text.Json;
using Mta.Cli;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Retry, bounce and drop over HTTP: what may be said, what is answered, what is on record.</summary>
public sealed class JobEndpointTests : IDisposable
{
    private const string Path = "/api/v1/jobs";
    private readonly Workspace _workspace = new("jobs");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_job_is_done_counted_and_on_record()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await node.ActAsync(HttpMethod.Post, "/api/v1/suspensions", new { domain = "queue.example" });
        await SendMailAsync(node);
        await node.Node.WaitAsync(async () => await DepthAsync(node) == 1);
        JsonElement found = await node.LookAsync("/api/v1/messages?domain=*.example&limit=1");
        JsonElement queued = Assert.Single(found.GetProperty("items").EnumerateArray());
        Assert.Equal((1, "recipient@queue.example"), (found.GetProperty("count").GetInt64(), queued.GetProperty("recipients")[0].GetString()));
        Assert.Equal(0, (await node.LookAsync($"/api/v1/messages?domain=*.example&cursor={found.GetProperty("next").GetString()}")).GetProperty("items").GetArrayLength());
        Assert.True(JsonElement.DeepEquals(queued, (await node.LookAsync($"/api/v1/messages/{Text(queued, "message")}")).GetProperty("items")[0]));
        Assert.Equal((0, "1 refs in 1 queues are meant\n"), await DryRunAsync(node, "drop", "--message", Text(queued, "message")!, "--dry-run"));
        JsonElement job = await node.ActAsync(HttpMethod.Post, Path, new { action = "drop", filter = new { domain = "*.EXAMPLE", olderThan = "0" } });
        Assert.Equal(("drop", "*.example", "otto"), (Text(job, "action"), Text(job, "domain"), Text(job, "by")));
        await node.Node.WaitAsync(async () => Text(job = await node.LookAsync($"{Path}/{Text(job, "id")}"), "state") == "ended");
        Assert.Equal((1, 0), (job.GetProperty("count").GetInt64(), job.GetProperty("pendingPartitions").GetArrayLength()));
        Assert.Equal(0, await DepthAsync(node));
        using (HttpResponseMessage gone = await node.SendAsync(HttpMethod.Get, $"/api/v1/messages/{Text(queued, "message")}", ManagedNode.ViewerToken))
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.True(JsonElement.DeepEquals(job, Assert.Single((await node.LookAsync(Path)).GetProperty("items").EnumerateArray())));
        JsonElement[] records = [.. (await node.LookAsync("/api/v1/audit?action=message.job")).GetProperty("items").EnumerateArray()];
        Assert.Equal("drop domain=*.EXAMPLE olderThan=0", Text(records[0], "detail"));
        Assert.EndsWith(" dryRun", Text(records[1], "detail"), StringComparison.Ordinal);
        Assert.Equal("dry run: 1 refs", Text(records[1], "outcome"));
    }

    [Fact]
    public async Task Mail_is_held_sent_another_way_given_another_expiry_and_released()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await SendMailAsync(node);
        await node.Node.WaitAsync(async () => await DepthAsync(node) == 1);
        Assert.Equal(1, await DoAsync(node, new { action = "hold", filter = new { domain = "queue.example" }, reason = "asked them" }));
        JsonElement queue = (await node.LookAsync("/api/v1/queues/queue.example")).GetProperty("lanes")[0];
        Assert.Equal((1, 1, 0), (queue.GetProperty("depth").GetInt32(), queue.GetProperty("held").GetInt32(), queue.GetProperty("due").GetInt32()));
        Assert.Equal(1, (await node.LookAsync("/api/v1/queues")).GetProperty("totals").GetProperty("held").GetInt32());
        Assert.Equal(1, (await node.LookAsync("/api/v1/messages?held=true")).GetProperty("count").GetInt32());
        Assert.Equal(0, (await node.LookAsync("/api/v1/messages?held=false")).GetProperty("count").GetInt32());
        Assert.Equal(1, await DoAsync(node, new { action = "reroute", filter = new { held = true }, route = "relay.invalid" }));
        Assert.Equal(1, await DoAsync(node, new { action = "expire", filter = new { hold = "operator" }, lifetime = "12h" }));
        JsonElement message = Assert.Single((await node.LookAsync("/api/v1/messages?held=true")).GetProperty("items").EnumerateArray());
        Assert.Equal((true, "operator", "relay.invalid"), (message.GetProperty("held").GetBoolean(), Text(message, "hold"), Text(message, "route")));
        Assert.Equal(message.GetProperty("acceptedAt").GetDateTimeOffset().AddHours(12), message.GetProperty("expiresAt").GetDateTimeOffset());
        queue = Assert.Single((await node.LookAsync("/api/v1/queues/queue.example")).GetProperty("lanes").EnumerateArray());
        Assert.Equal(("queue.example>1", "relay.invalid"), (Text(queue, "queue"), Text(queue, "route")));

        Assert.Equal(1, await DoAsync(node, new { action = "expire", filter = new { held = true }, expiresAt = "2126-01-01T00:00:00Z" }));
        Assert.Equal(1, await DoAsync(node, new { action = "expire", filter = new { held = true }, lifetime = "default" }));
        Assert.Equal(1, await DoAsync(node, new { action = "reroute", filter = new { held = true }, route = "default" }));
        Assert.Equal(1, await DoAsync(node, new { action = "release", filter = new { held = true } }));
        Assert.Equal(0, await DoAsync(node, new { action = "release", filter = new { domain = "*" } }));
        message = Assert.Single((await node.LookAsync("/api/v1/messages?domain=*")).GetProperty("items").EnumerateArray());
        Assert.Equal((false, "", "", JsonValueKind.Null), (message.GetProperty("held").GetBoolean(), Text(message, "hold"), Text(message, "route"), message.GetProperty("expiresAt").ValueKind));
        JsonElement job = (await node.LookAsync(Path)).GetProperty("items").EnumerateArray().Single(j => Text(j, "action") == "expire" && Text(j, "heldBy") == "operator");
        Assert.Equal(43200, job.GetProperty("lifetimeSeconds").GetDouble());
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_with_what_is_expected()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach ((object order, string expected) in new (object, string)[]
        {
            (new { }, "release, reroute or expire"),
            (new { action = "explode", filter = new { domain = "*" } }, "retry, bounce, drop, hold"),
            (new { action = "7", filter = new { domain = "*" } }, "retry, bounce, drop, hold"),
            (new { action = "drop", filter = new { domain = "*" }, route = "mx" }, "it is for reroute"),
            (new { action = "drop", filter = new { domain = "*" }, lifetime = "1h" }, "it is for expire"),
            (new { action = "hold", filter = new { domain = "*" }, expiresAt = "2126-01-01T00:00:00Z" }, "it is for expire"),
            (new { action = "reroute", filter = new { domain = "*" } }, "a host with an optional port"),
            (new { action = "reroute", filter = new { domain = "*" }, route = "route:nothing.example" }, "a configured route"),
            (new { action = "reroute", filter = new { domain = "*" }, route = "two hosts" }, "'default' for the domain's own way"),
            (new { action = "expire", filter = new { domain = "*" } }, "either expiresAt or lifetime"),
            (new { action = "expire", filter = new { domain = "*" }, expiresAt = "2126-01-01T00:00:00Z", lifetime = "1h" }, "either expiresAt or lifetime"),
            (new { action = "expire", filter = new { domain = "*" }, lifetime = "0" }, "a duration such as 12h"),
            (new { action = "release", filter = new { held = true, hold = "operator" } }, "either held or hold"),
            (new { action = "drop" }, "at least one condition"),
            (new { action = "drop", filter = new { } }, "at least one condition"),
            (new { action = "drop", filter = new { domain = "not a domain" } }, "'*.' and a domain"),
            (new { action = "drop", filter = new { sender = "nobody" } }, "an address, '*@' and a domain"),
            (new { action = "drop", filter = new { recipient = "nobody" } }, "an address"),
            (new { action = "drop", filter = new { olderThan = "long" } }, "a duration"),
            (new { action = "drop", filter = new { reason = "Whim" } }, "one of DnsFailure, HostUnreachable"),
            (new { action = "drop", filter = new { reply = new string('x', 501) } }, "at most 500 characters"),
            (new { action = "drop", filter = new { message = "1" } }, "32 hexadecimal digits"),
            (new { action = "bounce", filter = new { domain = "*" }, reason = "a\r\nb" }, "none of them a control"),
        })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Post, Path, ManagedNode.OperatorToken, order);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(expected, await DetailAsync(answer), StringComparison.Ordinal);
        }
        using HttpResponseMessage none = await node.SendAsync(HttpMethod.Get, $"{Path}/nothing", ManagedNode.ViewerToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Mtactl_asks_before_it_gives_mail_up_and_not_before_it_tries_it()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["bounce", "queue.example"])).Code);
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["drop", "--yes"])).Code);
        Assert.Equal(ExitCodes.Refused, (await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["retry", "queue.example"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["jobs", "nothing"])).Code);
        (int code, string table, string error) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["retry", "queue.example", "--wait"]);
        Assert.True(code == 0, error);
        Assert.Contains("retry   ended", table, StringComparison.Ordinal);
    }

    private static async Task<long> DoAsync(ManagedNode node, object order)
    {
        JsonElement job = await node.ActAsync(HttpMethod.Post, Path, order);
        await node.Node.WaitAsync(async () => Text(job = await node.LookAsync($"{Path}/{Text(job, "id")}"), "state") == "ended");
        return job.GetProperty("count").GetInt64();
    }

    private static async Task<(int Code, string Output)> DryRunAsync(ManagedNode node, params string[] command)
    {
        (int code, string output, _) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, command);
        return (code, output);
    }

    private static async Task SendMailAsync(ManagedNode node)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync("recipient@queue.example");
        await client.EndAsync("250 ");
    }

    private static async Task<int> DepthAsync(ManagedNode node) => (await node.LookAsync("/api/v1/queues")).GetProperty("totals").GetProperty("depth").GetInt32();

    private static async Task<string> DetailAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("detail").GetString()!;

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
