using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl nodes</c>.</summary>
internal static class NodesCommand
{
    private const string Description = """
        Lists the nodes of the cluster with what they tell of themselves.

        LOAD is processors kept busy of those there are. A node that does not answer has dashes.

        Examples:
          $ mtactl nodes
          $ mtactl nodes --output wide
          $ mtactl nodes --output json | jq '.items[] | select(.report == null) | .node'
        """;

    /// <summary>The columns.</summary>
    public static Column[] Columns { get; } =
    [
        Column.Text("NODE", "node"),
        Column.Text("HOST", "report.hostName"),
        Column.Text("STATUS", "status"),
        new("READY", Ready),
        Column.Text("DRAIN", "report.drain"),
        new("LOAD", Load, IsNumber: true),
        Column.Size("MEMORY", "report.workingSetBytes"),
        Column.Number("SESSIONS", "report.sessions"),
        Column.Number("CONNECTIONS", "report.connections"),
        Column.Text("VERSION", "report.version"),
        Column.Size("HEAP", "report.heapBytes", isWide: true),
        Column.Time("STARTED", "report.startedAt", isWide: true),
        Column.Text("ROLES", "roles", isWide: true),
        Column.Text("WAITING", "report.waiting", isWide: true),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Command command = new("nodes", Description);
        commands.Run(command, async (_, client, printer, cancel) =>
        {
            var answer = await client.GetAsync("/api/v1/nodes", cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                printer.Table(Values.Items(answer, "items"), Columns);
        });
        return command;
    }

    private static string Ready(JsonElement node)
    {
        if (Values.Text(node, "report.hostName") == "-")
            return "silent";
        return Values.Items(node, "report.waiting").Count == 0 ? "yes" : "no";
    }

    private static string Load(JsonElement node) => Values.Text(node, "report.load") == "-"
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{Values.Number(node, "report.load"):0.00}/{Values.Number(node, "report.processors")}");
}
