using System.Net;
using System.Text.Json;
using Mta.Cli;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Suspend and resume over HTTP: what may be said, what is answered, what is on record.</summary>
public sealed class SuspensionEndpointTests : IDisposable
{
    private const string Path = "/api/v1/suspensions";
    private readonly Workspace _workspace = new("suspensions");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task What_is_suspended_is_listed_holds_and_can_be_resumed()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement taken = await node.ActAsync(HttpMethod.Post, Path, new { domain = "Queue.EXAMPLE", @for = "90m", reason = "maintenance" });
        Assert.Equal(0, taken.GetProperty("pendingPartitions").GetArrayLength());
        JsonElement suspension = Assert.Single((await node.LookAsync(Path)).GetProperty("items").EnumerateArray());
        Assert.True(JsonElement.DeepEquals(taken.GetProperty("suspension"), suspension));
        Assert.Equal(("domain", "queue.example", "otto", "maintenance"), (Text(suspension, "kind"), Text(suspension, "name"), Text(suspension, "by"), Text(suspension, "reason")));
        Assert.InRange(suspension.GetProperty("until").GetDateTimeOffset() - suspension.GetProperty("since").GetDateTimeOffset(), TimeSpan.FromMinutes(89.5), TimeSpan.FromMinutes(90.5));

        await SendMailAsync(node);
        await node.Node.WaitAsync(async () => await SuspensionOfQueueAsync(node) == Text(suspension, "id"));
        Assert.Equal(0, (await node.ActAsync(HttpMethod.Delete, $"{Path}/{Text(suspension, "id")}")).GetProperty("items").GetArrayLength());
        Assert.Equal("", await SuspensionOfQueueAsync(node));

        string[] records = [.. (await node.LookAsync("/api/v1/audit")).GetProperty("items").EnumerateArray().Select(r => $"{Text(r, "action")}: {Text(r, "detail")}")];
        Assert.StartsWith("queue.resume: ", records[0], StringComparison.Ordinal);
        Assert.Equal("queue.suspend: domain=Queue.EXAMPLE for=90m reason=maintenance", records[1]);
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_with_what_is_expected()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach ((object order, string expected) in new (object, string)[]
        {
            (new { }, "either domain or site"),
            (new { domain = "a.test", site = "smtp:b:25" }, "either domain or site"),
            (new { site = new string('s', 201) }, "at most 200 characters"),
            (new { domain = "not a domain" }, "'*.' and a domain"),
            (new { domain = "a.test", @for = "soon" }, "a duration such as 90m"),
            (new { domain = "a.test", @for = "0" }, "a duration such as 90m"),
            (new { domain = "a.test", reason = new string('x', 501) }, "at most 500 characters"),
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
    public async Task Names_in_other_scripts_are_those_of_their_queues()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement taken = await node.ActAsync(HttpMethod.Post, Path, new { domain = "*.bücher.example" });
        Assert.Equal("*.xn--bcher-kva.example", Text(taken.GetProperty("suspension"), "name"));
        Assert.Equal(JsonValueKind.Null, taken.GetProperty("suspension").GetProperty("until").ValueKind);
    }

    [Fact]
    public async Task Mtactl_suspends_and_resumes_by_name()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["suspend", "queue.example"])).Code);
        Assert.Equal(ExitCodes.Usage, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["suspend", "--yes"])).Code);
        Assert.Equal(ExitCodes.Refused, (await MtactlTests.RunAsync(node, ManagedNode.ViewerToken, ["suspend", "queue.example", "--yes"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["resume", "queue.example"])).Code);
        (int code, string table, string error) = await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["suspend", "queue.example", "--reason", "maintenance", "--yes"]);
        Assert.True(code == 0, error);
        Assert.Contains("domain  queue.example", table, StringComparison.Ordinal);
        Assert.Equal(0, (await MtactlTests.RunAsync(node, ManagedNode.OperatorToken, ["resume", "QUEUE.example"])).Code);
        Assert.Equal(0, (await node.LookAsync(Path)).GetProperty("items").GetArrayLength());
    }

    private static async Task SendMailAsync(ManagedNode node)
    {
        using SmtpDialogue client = await node.Node.ConnectAsync();
        await client.BeginAsync("recipient@queue.example");
        await client.EndAsync("250 ");
    }

    private static async Task<string?> SuspensionOfQueueAsync(ManagedNode node)
    {
        JsonElement queues = (await node.LookAsync("/api/v1/queues")).GetProperty("items");
        return queues.GetArrayLength() == 0 ? null : Text(queues[0], "suspension");
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("detail").GetString()!;

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
