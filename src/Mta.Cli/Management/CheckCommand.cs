using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl check</c>.</summary>
internal static class CheckCommand
{
    private const string Description = """
        Checks a running cluster: that every member answers, is reachable and ready, that all have one version, and that every partition answers. A line for each problem; exit code 6 where there is one.

        The configuration file of a node is checked where it stands: Mta.Node --config FILE --check.

        Examples:
          $ mtactl check
          $ mtactl check --output json
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Command command = new("check", Description);
        commands.RunForCode(command, async (_, client, printer, cancel) =>
        {
            var nodes = await client.GetAsync("/api/v1/nodes", cancel);
            var queues = await client.GetAsync("/api/v1/queues?limit=0", cancel);
            string[] problems = [.. Problems(Values.Items(nodes, "items"), Values.Items(queues, "silentPartitions"))];
            if (printer.IsJson)
                printer.Json(JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["problems"] = problems }));
            else if (problems.Length == 0)
                printer.Line($"{Values.Items(nodes, "items").Count} nodes, no problem");
            else
                Array.ForEach(problems, printer.Line);
            return problems.Length == 0 ? ExitCodes.Success : ExitCodes.Problems;
        });
        return command;
    }

    /// <summary>What is wrong. Pure.</summary>
    public static IEnumerable<string> Problems(IReadOnlyList<JsonElement> nodes, IReadOnlyList<JsonElement> silentPartitions)
    {
        foreach (var node in nodes)
        {
            var name = Values.Text(node, "node");
            if (Values.Text(node, "isReachable") == "no")
                yield return $"{name}: some member does not reach it";
            if (Values.Text(node, "status") != "Up")
                yield return $"{name}: is {Values.Text(node, "status")}, not Up";
            if (Values.Text(node, "report.hostName") == "-")
                yield return $"{name}: does not answer";
            foreach (var waiting in Values.Items(node, "report.waiting"))
                yield return $"{name}: not ready, {Values.Printable(waiting.GetString() ?? "")}";
        }
        string[] versions = [.. nodes.Select(n => Values.Text(n, "report.version")).Where(v => v != "-").Distinct().Order(StringComparer.Ordinal)];
        if (versions.Length > 1)
            yield return $"the nodes have different versions: {string.Join(", ", versions)}";
        if (silentPartitions.Count > 0)
            yield return $"partitions that do not answer: {string.Join(", ", silentPartitions.Select(p => p.GetRawText()))}";
    }
}
