using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mta.Node.Configuration;
using Mta.Node.Start;
using Mta.Testing;

namespace Mta.Node.Tests.Running;

/// <summary>A whole node on SQLite: what it serves, and that a stop and a start lose nothing.</summary>
public sealed partial class NodeTests : IDisposable
{
    private readonly Workspace _workspace = new("node");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_node_serves_mail_and_management()
    {
        await using RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace));

        using SmtpDialogue client = await node.ConnectAsync();
        await client.BeginAsync("recipient@queue.example");
        await client.EndAsync("250 2.0.0 ");
        await client.SayAsync("QUIT", "221 ");
        await node.WaitAsync(async () => await node.DepthAsync() == 1);

        JsonElement queue = (await node.JsonAsync("/api/v1/queues")).GetProperty("items")[0];
        Assert.Equal("queue.example", queue.GetProperty("queue").GetString());
        Assert.Equal(1, (await node.JsonAsync("/api/v1/queues/queue.example")).GetProperty("lanes").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await node.GetAsync("/api/v1/queues/other.example")).Status);
        JsonElement members = await node.JsonAsync("/cluster/members");
        Assert.Equal("Up", Assert.Single(members.GetProperty("members").EnumerateArray()).GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/alive")).Status);
        string metrics = (await node.GetAsync("/metrics")).Text;
        Assert.Contains("mta_queues_accepted_total", metrics, StringComparison.Ordinal);
        Assert.Contains("mta_spool_", metrics, StringComparison.Ordinal);
        Assert.Contains("mta_receiving_", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_leaves_the_ports_free_and_the_next_start_has_the_mail()
    {
        NodeSettings settings = new(_workspace);
        RunningNode first = await RunningNode.StartAsync(settings);
        using (SmtpDialogue client = await first.ConnectAsync())
        {
            await client.BeginAsync("recipient@queue.example");
            await client.EndAsync("250 ");
        }
        await first.StopAsync();
        Assert.Empty(StartCheck.Ports(ConfigurationLoader.Load(settings.Write(), new Dictionary<string, string>())));

        await using RunningNode second = await RunningNode.StartAsync(settings);
        Assert.Equal(1, await second.DepthAsync());
    }

    [Fact]
    public async Task Every_line_of_the_log_keeps_its_form()
    {
        RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace).Set("logging.level", "debug").Set("logging.categories.Akka", "information"));
        using (SmtpDialogue client = await node.ConnectAsync())
            await client.SayAsync("EHLO \u001b[31m\u0007\u202ered", "501 ");
        await node.StopAsync();
        Assert.Contains(node.Log, line => line.Contains("Akka", StringComparison.Ordinal));
        Assert.All(node.Log, line =>
        {
            Assert.Matches(HumanLine(), line);
            Assert.DoesNotContain(line, char.IsControl);
            Assert.DoesNotContain('\u202e', line);
        });
        Assert.EndsWith("Node.NodeHost: stopped", node.Log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_the_ingress_role_takes_no_mail()
    {
        NodeSettings settings = new NodeSettings(_workspace).Set("cluster.roles", new[] { "queue", "egress", "management" });
        await using RunningNode node = await RunningNode.StartAsync(settings);
        await Assert.ThrowsAnyAsync<System.Net.Sockets.SocketException>(node.ConnectAsync);
        Assert.False(Directory.Exists(_workspace.At("node-data/tls")));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info |warn |error|crit ) [\w.+`]+: .+$")]
    private static partial Regex HumanLine();
}
