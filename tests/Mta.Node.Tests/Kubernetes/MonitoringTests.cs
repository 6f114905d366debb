using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mta.Node.Tests.Running;
using Mta.Testing;

namespace Mta.Node.Tests.Kubernetes;

/// <summary>Metrics, alert rules and dashboard as those who read them see them.</summary>
public sealed partial class MonitoringTests : IDisposable
{
    private readonly Workspace _workspace = new("monitoring");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Promtool_finds_no_fault_with_the_metrics_of_a_node_that_has_worked()
    {
        string promtool = Promtool();
        string metrics = (await MetricsAsync()).Text;
        // The runtime's own names are not ours to choose.
        string own = string.Join('\n', metrics.Split('\n').Where(line => OwnLine().IsMatch(line))) + "\n";
        Assert.Contains("mta_delivery_recipients_total{", own, StringComparison.Ordinal);
        (int code, string said) = await RunAsync(promtool, ["check", "metrics"], own);
        Assert.True(code == 0 && said.Trim().Length == 0, said);
    }

    [Fact]
    public async Task Promtool_finds_no_fault_with_the_rules()
    {
        (int code, string said) = await RunAsync(Promtool(), ["check", "rules", Repository.At("k8s/monitoring/alerts.yml")], "");
        Assert.True(code == 0, said);
    }

    [Theory]
    [InlineData("k8s/monitoring/alerts.yml")]
    [InlineData("k8s/monitoring/dashboard.json")]
    public async Task Rules_and_dashboard_name_only_metrics_that_a_node_has(string file)
    {
        HashSet<string> known = (await MetricsAsync()).Known;
        string[] named = [.. MetricName().Matches(Repository.Read(file)).Select(m => m.Value).Distinct()];
        Assert.True(named.Length > 5);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public void Every_panel_has_its_own_place_and_number()
    {
        JsonElement[] panels = [.. JsonSerializer.Deserialize<JsonElement>(Repository.Read("k8s/monitoring/dashboard.json")).GetProperty("panels").EnumerateArray()];
        Assert.Equal(panels.Length, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Length, panels.Select(p => (p.GetProperty("gridPos").GetProperty("x").GetInt32(), p.GetProperty("gridPos").GetProperty("y").GetInt32())).Distinct().Count());
        Assert.All(panels, p => Assert.NotEqual(0, p.GetProperty("targets").GetArrayLength()));
    }

    /// <summary>What a node exposes that has delivered a message and deferred one, and the names of all that it may ever expose.</summary>
    private async Task<(string Text, HashSet<string> Known)> MetricsAsync()
    {
        HashSet<string> known = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (!instrument.Meter.Name.StartsWith("Mta.", StringComparison.Ordinal))
                    return;
                lock (known)
                    known.UnionWith(NamesOf(instrument));
            },
        };
        listener.Start();
        await using CollectingSink sink = new();
        sink.AtEndOfData = recipients => recipients.Any(r => r.Contains("defer", StringComparison.Ordinal)) ? new SinkAnswer.Reply("451 4.7.1 later") : SinkAnswer.Accept;
        await using RunningNode node = await RunningNode.StartAsync(new NodeSettings(_workspace), sink.EndPoint.Port);
        foreach (string recipient in new[] { "anna@here.example", "defer@here.example" })
        {
            using SmtpDialogue client = await node.ConnectAsync();
            await client.BeginAsync(recipient);
            await client.EndAsync("250 ");
        }
        await node.WaitAsync(() => Task.FromResult(node.Log.Any(l => l.Contains(" delivered ", StringComparison.Ordinal)) && node.Log.Any(l => l.Contains(" deferred ", StringComparison.Ordinal))));
        string text = (await node.GetAsync("/metrics")).Text;
        // That the names are made here as the exporter makes them: what it shows of ours is among them.
        lock (known)
        {
            IEnumerable<string> shown = MetricName().Matches(text).Select(m => m.Value).Where(name => text.Contains($"\n{name}", StringComparison.Ordinal)).Distinct();
            Assert.Empty(shown.Except(known).ToArray());
            return (text, [.. known]);
        }
    }

    private static IEnumerable<string> NamesOf(Instrument instrument)
    {
        string unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        string name = instrument.Name.Replace('.', '_');
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        string kind = instrument.GetType().Name;
        if (kind.StartsWith("Histogram", StringComparison.Ordinal))
            return [$"{name}_bucket", $"{name}_sum", $"{name}_count", name];
        return kind.StartsWith("Counter", StringComparison.Ordinal) ? [$"{name}_total"] : [name];
    }

    private static string Promtool()
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "promtool is not installed");
        return found!;
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex(@"^(# \w+ )?mta_")]
    private static partial Regex OwnLine();

    [GeneratedRegex(@"\bmta_[a-z_]+\b")]
    private static partial Regex MetricName();
}
