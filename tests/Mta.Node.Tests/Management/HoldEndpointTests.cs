using System.Net;
using System.Text.Json;
using Mta.Cli;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Standing holds over HTTP: what may be said, what is answered, what is on record, and that they hold.</summary>
public sealed class HoldEndpointTests : IDisposable
{
    private const string Path = "/api/v1/holds";
    private readonly Workspace _workspace = new("holds");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task What_is_held_is_listed_waits_and_is_released_with_its_count()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await SendMailAsync(node, "one@queue.example");
        await node.Node.WaitAsync(async () => (await TotalsAsync(node)).Depth == 1);
        JsonElement counted = await node.ActAsync(HttpMethod.Post, Path, new { filter = new { domain = "*.example" }, dryRun = true });
        Assert.Equal((1, 1), (counted.GetProperty("dryRun").GetProperty("refs").GetInt32(), counted.GetProperty("dryRun").GetProperty("queues").GetInt32()));
        Assert.Equal("", Text(counted.GetProperty("hold"), "id"));
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());

        JsonElement taken = await node.ActAsync(HttpMethod.Post, Path, new { filter = new { domain = "*.EXAMPLE", sender = "*@example.org" }, @for = "90m", reason = "asked them" });
        Assert.Equal((0, JsonValueKind.Null), (taken.GetProperty("pendingPartitions").GetArrayLength(), taken.GetProperty("dryRun").ValueKind));
        JsonElement hold = Assert.Single((await node.LookAsync(Path)).GetProperty("items").EnumerateArray());
        Assert.True(JsonElement.DeepEquals(taken.GetProperty("hold"), hold));
        Assert.Equal(("*.example", "*@example.org", "otto", "asked them"), (Text(hold, "domain"), Text(hold, "sender"), Text(hold, "by"), Text(hold, "reason")));
        Assert.InRange(hold.GetProperty("until").GetDateTimeOffset() - hold.GetProperty("since").GetDateTimeOffset(), TimeSpan.FromMinutes(89.5), TimeSpan.FromMinutes(90.5));
        Assert.Equal(1, await EndedAsync(node, Text(hold, "id")!));
        await SendMailAsync(node, "two@queue.example");
        await node.Node.WaitAsync(async () => await TotalsAsync(node) == (2, 2));
        Assert.Equal(2, (await node.LookAsync($"/api/v1/messages?hold={Text(hold, "id")}")).GetProperty("count").GetInt32());

        JsonElement ended = await node.ActAsync(HttpMethod.Delete, $"{Path}/{Text(hold, "id")}");
        Assert.Equal(2, await EndedAsync(node, Text(ended, "job")!));
        Assert.Equal((2, 0), await TotalsAsync(node));
        string[] records = [.. (await node.LookAsync("/api/v1/audit")).GetProperty("items").EnumerateArray().Select(r => $"{Text(r, "action")}: {Text(r, "detail")}: {Text(r, "outcome")}")];
        Assert.Equal($"hold.end: : released by job {Text(ended, "job")}", records[0]);
        Assert.Equal($"hold.order: domain=*.EXAMPLE sender=*@example.org for=90m reason=asked them: {Text(hold, "id")}: kept by all partitions", records[1]);
        Assert.Equal("hold.order: domain=*.example dryRun: dry run: 1 refs", records[2]);
    }

    [Fact]
    public async Task A_hold_of_a_tenant_says_whose_mail_it_is()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        await node.ActAsync(HttpMethod.Post, Path, new { filter = new { tenant = "acme", campaign = "spring", messageId = "<1@example.org>" } });
        JsonElement hold = Assert.Single((await node.LookAsync(Path)).GetProperty("items").EnumerateArray());
        Assert.Equal(("*", "acme", "spring", "1@example.org"), (Text(hold, "domain"), Text(hold, "tenant"), Text(hold, "campaign"), Text(hold, "messageIdHeader")));
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_with_what_is_expected()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach ((object order, string expected) in new (object, string)[]
        {
            (new { }, "at least one condition"),
            (new { filter = new { } }, "at least one condition"),
            (new { filter = new { domain = "not a domain" } }, "'*.' and a domain"),
            (new { filter = new { domain = "*", olderThan = "2d" } }, "campaign and messageId alone"),
            (new { filter = new { reason = "DnsFailure" } }, "campaign and messageId alone"),
            (new { filter = new { reply = "quota" } }, "campaign and messageId alone"),
            (new { filter = new { message = "0195512c9f3b7abc8def0123456789ab" } }, "campaign and messageId alone"),
            (new { filter = new { held = false } }, "campaign and messageId alone"),
            (new { filter = new { domain = "*" }, @for = "soon" }, "a duration such as 90m"),
            (new { filter = new { domain = "*" }, until = "2020-01-01T00:00:00Z" }, "a time to come"),
            (new { filter = new { domain = "*" }, @for = "1h", until = "2126-01-01T00:00:00Z" }, "either for or until"),
            (new { filter = new { domain = "*" }, reason = "a\r\nb" }, "none of them a control"),
        })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Post, Path, ManagedNode.OperatorToken, order);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(expected, await DetailAsync(answer), StringComparison.Ordinal);
        }
        using HttpResponseMessage none = await node.SendAsync(HttpMethod.Delete, $"{Path}/nothing", ManagedNode.OperatorToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Mtactl_asks_before_it_holds_and_ends_a_hold_by_its_id()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["holds", "add", "queue.example"])).Code);
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["holds", "add", "--older-than", "2d", "--yes"])).Code);
        Assert.Equal(ExitCodes.Refused, (await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["holds", "add", "queue.example", "--yes"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["holds", "end", "nothing", "--yes"])).Code);
        Assert.Equal(0, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["holds", "add", "queue.example", "--yes"])).Code);
        string id = Text((await node.LookAsync(Path)).GetProperty("items")[0], "id")!;
        (int code, string output, string error) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["holds", "end", id, "--yes"]);
        Assert.True(code == 0, error);
        Assert.Contains("releases what it held", output, StringComparison.Ordinal);
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());
    }

    private static async Task<long> EndedAsync(ManagedNode node, string id)
    {
        JsonElement job = default;
        await node.Node.WaitAsync(async () => Text(job = await node.LookAsync($"/api/v1/jobs/{id}"), "state") == "ended");
        return job.GetProperty("count").GetInt64();
    }

    private static async Task SendMailAsync(ManagedNode node, string recipient)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync(recipient);
        await client.EndAsync("250 ");
    }

    private static async Task<(int Depth, int Held)> TotalsAsync(ManagedNode node)
    {
        JsonElement totals = (await node.LookAsync("/api/v1/queues")).GetProperty("totals");
        return (totals.GetProperty("depth").GetInt32(), totals.GetProperty("held").GetInt32());
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("detail").GetString()!;

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
