using System.Text.RegularExpressions;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Management;

/// <summary>
/// <c>mtactl</c>, as its user starts it, against three nodes: what it prints is what stands in <c>Snapshots</c>, with a word for what differs from run to run.
/// <c>MTA_WRITE_GOLDEN=1</c> writes the snapshots anew, to be read over before they are committed.
/// </summary>
public sealed class MtactlTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string Snapshots = Path.Combine(Directories.Repository, "tests", "Mta.System.Tests", "Management", "Snapshots");
    private static readonly bool Writes = Environment.GetEnvironmentVariable("MTA_WRITE_GOLDEN") == "1";

    // In this order: what one orders, the next shows. Each is asked of the next node.
    private static readonly (string Name, string[] Command)[] Commands =
    [
        ("nodes", ["nodes"]),
        ("queues", ["queues"]),
        ("queues-wide", ["queues", "--output", "wide"]),
        ("queue", ["queue", SteeredCluster.DomainOf(0)]),
        ("messages", ["messages", SteeredCluster.DomainOf(7)]),
        ("message", ["message", Message]),
        ("suspensions", ["suspensions"]),
        ("suspend", ["suspend", "*.other.test", "--for", "1h", "--reason", "maintenance", "--yes"]),
        ("resume", ["resume", "*.other.test"]),
        ("explain", ["explain", $"anna@{SteeredCluster.DomainOf(0)}"]),
        ("retry", ["retry", SteeredCluster.DomainOf(0), "--wait"]),
        ("bounce-dry-run", ["bounce", SteeredCluster.DomainOf(6), "--dry-run"]),
        ("bounce", ["bounce", SteeredCluster.DomainOf(6), "--reason", "the list is wrong", "--wait", "--yes"]),
        ("drop", ["drop", SteeredCluster.DomainOf(5), "--sender", "*@senders.held.test", "--wait", "--yes"]),
        ("jobs", ["jobs"]),
        ("drain", ["drain", "node2.test", "--wait", "--yes"]),
        ("drain-undo", ["drain", "node2.test", "--undo"]),
        ("audit", ["audit"]),
        ("top", ["top", "--once"]),
        ("check", ["check"]),
        ("members", ["members"]),
        ("sites", ["sites"]),
        ("holds-add", ["holds", "add", "--sender", "*@bulk.test", "--for", "1h", "--reason", "asked them", "--yes"]),
        ("holds", ["holds"]),
        ("routes-add", ["routes", "add", "*.elsewhere.test", "--via", "mx", "--reason", "their own hosts", "--yes"]),
        ("routes", ["routes"]),
        ("send", ["send", $"anna@{SteeredCluster.DomainOf(0)}", "--server", Server, "--sender", "bob@example.org"]),
    ];

    private const string Message = "{message}";
    private const string Server = "{server}";

    [Fact]
    public async Task Each_command_prints_what_its_snapshot_says()
    {
        await using var steered = await SteeredCluster.StartAsync("mtactl-snapshots");
        var message = (await steered.AskAsync(0, $"/api/v1/messages?domain={SteeredCluster.DomainOf(7)}")).GetProperty("items")[0].GetProperty("message").GetString()!;
        List<string> differences = [];
        for (var i = 0; i < Commands.Length; i++)
        {
            var (name, command) = Commands[i];
            var node = i % SteeredCluster.Nodes;
            var printed = await RunAsync(steered, node, [.. command.Select(c => c switch { Message => message, Server => steered.Cluster.Smtp[node].ToString(), _ => c })]);
            if (Difference(name, Lasting(steered, printed)) is { } difference)
                differences.Add(difference);
        }
        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    private static async Task<string> RunAsync(SteeredCluster steered, int node, string[] command)
    {
        Dictionary<string, string> variables = new()
        {
            ["MTACTL_URL"] = steered.Url(node).ToString(),
            ["MTACTL_TOKEN"] = NodeSettings.AnyToken,
            ["MTACTL_CONFIG"] = "/nonexistent/contexts.json",
        };
        await using var mtactl = ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "mtactl.dll"), .. command], environment: variables);
        var code = await mtactl.WaitForExitAsync(Limit);
        return $"$ mtactl {string.Join(' ', command)}\n{string.Join('\n', mtactl.Lines.Select(l => l.TrimEnd())).TrimEnd()}\n(ends with {code})\n";
    }

    private static string? Difference(string name, string printed)
    {
        var file = Path.Combine(Snapshots, $"{name}.txt");
        if (Writes)
        {
            Directory.CreateDirectory(Snapshots);
            File.WriteAllText(file, printed);
            return null;
        }
        var expected = File.Exists(file) ? File.ReadAllText(file) : "(no such snapshot)";
        return expected == printed ? null : $"{name}: expected\n{expected}\nprinted\n{printed}";
    }

    // Words for what differs from run to run; columns then stand two spaces apart, since their widths differ with it.
    private static string Lasting(SteeredCluster steered, string printed)
    {
        for (var node = 0; node < SteeredCluster.Nodes; node++)
            printed = Regex.Replace(printed, $@"{Regex.Escape(steered.Cluster.Settings[node].Address)}:\d+", "<node>");
        foreach (var (pattern, word) in Passing)
            printed = pattern.Replace(printed, word);
        return printed;
    }

    private static readonly (Regex Pattern, string Word)[] Passing =
    [
        (new(@"\d+\.\d+\.\d+\+[0-9a-f]{7,40}"), "<version>"),
        (new("[0-9a-f]{32}"), "<id>"),
        (new(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"), "<time>"),
        (new(@"\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d \+0000"), "<time>"),
        (new(@"\d+\.\d\d/\d+"), "<load>"),
        (new(@"\d+(\.\d)? [KMG]iB"), "<size>"),
        (new(@"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
        (new(@"port \d+"), "port <port>"),
        (new(@"\[127\.0\.0\.\d+\]"), "[<client>]"),
        // Which node took which message is a race of the sessions.
        (new(@"\bid\d{4}@"), "<local>@"),
        (new(@"by node\d\.test"), "by <host>"),
        (new(" {2,}"), "  "),
        (new(@"(?m)^((?:\S+\.test|-)(?:  \d+){5})  [\d.]+  [\d.]+"), "$1  <rate>  <rate>"),
        (new("(?m)^(IN|OUT)/S  .*$"), "$1/S  <rate>"),
    ];
}
