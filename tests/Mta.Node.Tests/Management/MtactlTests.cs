using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Mta.Cli;
using Mta.Cli.Bench;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary><c>mtactl</c> against a node that runs: each command does what it says, and its JSON is what the OpenAPI document says.</summary>
public sealed class MtactlTests : IDisposable
{
    private readonly Workspace _workspace = new("mtactl");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Every_command_answers_and_its_json_fits_the_document()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using (SmtpDialogue client = await node.Node.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        await node.Node.WaitAsync(async () => (await node.LookAsync("/api/v1/queues")).GetProperty("items").GetArrayLength() == 1);
        JsonElement document = await node.LookAsync("/openapi/v1.json");
        foreach ((string[] command, string path, string method) in new (string[], string, string)[]
        {
            (["nodes"], "/api/v1/nodes", "get"),
            (["queues"], "/api/v1/queues", "get"),
            (["queues", "--all", "--sort", "oldest", "--order", "desc", "--domain", "*", "--suspended", "false"], "/api/v1/queues", "get"),
            (["queue", "queue.example"], "/api/v1/queues/{domain}", "get"),
            (["sites"], "/api/v1/sites", "get"),
            (["sites", "--by-provider"], "/api/v1/sites", "get"),
            (["explain", "anna@queue.example"], "/api/v1/explain", "get"),
            (["suspend", "queue.example", "--for", "1h", "--reason", "maintenance", "--yes"], "/api/v1/suspensions", "post"),
            (["suspensions"], "/api/v1/suspensions", "get"),
            (["messages", "queue.example"], "/api/v1/messages", "get"),
            (["retry", "queue.example", "--wait"], "/api/v1/jobs", "post"),
            (["bounce", "other.example", "--reason", "wrong", "--yes"], "/api/v1/jobs", "post"),
            (["drop", "--sender", "*@other.example", "--yes"], "/api/v1/jobs", "post"),
            (["hold", "queue.example", "--reason", "asked them", "--wait", "--yes"], "/api/v1/jobs", "post"),
            (["hold", "queue.example", "--dry-run"], "/api/v1/jobs", "post"),
            (["reroute", "queue.example", "--via", "relay.invalid:2525", "--wait", "--yes"], "/api/v1/jobs", "post"),
            (["expire", "queue.example", "--lifetime", "3d", "--wait", "--yes"], "/api/v1/jobs", "post"),
            (["release", "--held", "true", "--wait", "--yes"], "/api/v1/jobs", "post"),
            (["holds", "add", "--sender", "*@other.example", "--for", "1h", "--yes"], "/api/v1/holds", "post"),
            (["holds", "add", "queue.example", "--dry-run"], "/api/v1/holds", "post"),
            (["holds"], "/api/v1/holds", "get"),
            (["routes", "add", "*.other.example", "--via", "mx", "--yes"], "/api/v1/routes", "post"),
            (["routes", "add", "*.other.example", "--via", "mx", "--dry-run"], "/api/v1/routes", "post"),
            (["routes"], "/api/v1/routes", "get"),
            (["suspend", "queue.example", "--dry-run"], "/api/v1/suspensions", "post"),
            (["members"], "/cluster/members", "get"),
            (["jobs"], "/api/v1/jobs", "get"),
            (["drain", "node.test", "--yes"], "/api/v1/nodes/{node}/drain", "post"),
            (["drain", "node.test", "--undo"], "/api/v1/nodes/{node}/drain", "delete"),
            (["audit"], "/api/v1/audit", "get"),
        })
        {
            (int code, string table, string error) = await RunAsync(node, ManagedNode.OperatorToken, command);
            Assert.True(code == 0 && table.Length > 0, $"{command[0]}: {code} {error}");
            (code, string json, error) = await RunAsync(node, ManagedNode.OperatorToken, [.. command, "--output", "json"]);
            Assert.True(code == 0, error);
            JsonElement schema = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("200")
                .GetProperty("content").GetProperty("application/json").GetProperty("schema");
            Assert.Empty(SchemaCheck.Differences(document, schema, JsonSerializer.Deserialize<JsonElement>(json), command[0]));
        }
    }

    [Fact]
    public async Task A_check_of_a_healthy_node_finds_nothing_and_of_a_drained_one_says_so()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal((0, "1 nodes, no problem\n"), await CheckAsync(node));
        await node.ActAsync(HttpMethod.Post, "/api/v1/nodes/node.test/drain");
        (int code, string output) = await CheckAsync(node);
        Assert.Equal(ExitCodes.Problems, code);
        Assert.Contains("not ready, drain: an operator drains this node", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_may_look_and_not_drain()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        Assert.Equal(0, (await RunAsync(node, ManagedNode.ViewerToken, ["top", "--once"])).Code);
        Assert.Equal(ExitCodes.Refused, (await RunAsync(node, ManagedNode.ViewerToken, ["drain", "node.test", "--yes"])).Code);
        Assert.Equal(ExitCodes.Refused, (await RunAsync(node, "mta_unknown", ["nodes"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await RunAsync(node, ManagedNode.OperatorToken, ["drain", "nobody.test", "--yes"])).Code);
        Assert.Equal(ExitCodes.NotFound, (await RunAsync(node, ManagedNode.OperatorToken, ["queue", "nothing.example"])).Code);
    }

    [Fact]
    public async Task A_trace_shows_a_message_that_comes()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using StringWriter output = new(), error = new();
        Task<int> trace = RunAsync(node, ManagedNode.ViewerToken, ["trace", "--kind", "received", "--count", "1"], output, error);
        await node.Node.WaitAsync(() => Task.FromResult(error.ToString().Contains("watching", StringComparison.Ordinal)));
        using (SmtpDialogue client = await node.Node.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        Assert.Equal(0, await trace.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Contains("<sender@example.org> to <recipient@queue.example> 1 recipients", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_sent_is_followed_until_it_has_arrived()
    {
        await using BenchSink sink = new(new IPEndPoint(IPAddress.Loopback, 0));
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace), sink.EndPoint.Port);
        string[] send = ["send", "42@queue.example", "--server", $"127.0.0.1:{node.Node.Settings.SmtpPort}", "--sender", "bob@example.org", "--follow"];
        (int code, string output, string error) = await RunAsync(node, ManagedNode.ViewerToken, send);
        Assert.True(code == 0, error);
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Contains(" took it: 2.0.0 Ok: queued as ", lines[0], StringComparison.Ordinal);
        Assert.Contains(" received ", lines[1], StringComparison.Ordinal);
        Assert.Contains("<bob@example.org> to <42@queue.example>", lines[2], StringComparison.Ordinal);
        Assert.Contains(" delivered ", lines[2], StringComparison.Ordinal);
        Assert.Equal(1, sink.Arrived.Different);
    }

    private static async Task<(int Code, string Output)> CheckAsync(ManagedNode node)
    {
        (int code, string output, _) = await RunAsync(node, ManagedNode.ViewerToken, ["check"]);
        return (code, output);
    }

    internal static async Task<(int Code, string Output, string Error)> RunAsync(ManagedNode node, string token, string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new();
        int code = await RunAsync(node, token, arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    internal static Task<int> RunAsync(ManagedNode node, string token, string[] arguments, StringWriter output, StringWriter error)
    {
        Dictionary<string, string> variables = new()
        {
            ["MTACTL_CONFIG"] = "/nonexistent/contexts.json",
            ["MTACTL_URL"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.Node.Settings.ManagementPort}"),
            ["MTACTL_TOKEN"] = token,
        };
        CliEnvironment environment = new(TextReader.Null, output, TextWriter.Synchronized(error), name => variables.GetValueOrDefault(name), false, null);
        return MtactlCommand.Create(environment).Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
    }
}
