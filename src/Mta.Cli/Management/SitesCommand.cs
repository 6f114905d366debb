using System.CommandLine;
using System.Globalization;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl sites</c>.</summary>
internal static class SitesCommand
{
    private const string Description = """
        Lists what stands for each site, deepest first: a site is a set of hosts, and all domains with these hosts share its limits. Or by provider: the registered part of the hosts' names.

        Examples:
          $ mtactl sites
          $ mtactl sites --by-provider --limit 10
        """;

    private static readonly Column[] Columns =
    [
        new("SITE", line => Values.Text(line, Values.Text(line, "site") == "-" ? "provider" : "site")),
        Column.Number("QUEUES", "queues"),
        Column.Number("DEPTH", "depth"),
        Column.Number("DUE", "due"),
        Column.Number("DEFERRED", "deferred"),
        Column.Number("IN FLIGHT", "inFlight"),
        Column.Number("IN/S", "rateIn"),
        Column.Number("OUT/S", "rateOut"),
        Column.Number("CONNECTIONS", "connections"),
        Column.Number("SUSPENDED", "suspended"),
        Column.Text("PROVIDER", "provider", isWide: true),
        Column.Number("SITES", "sites", isWide: true),
        Column.Text("LAST REPLY", "lastReply", isWide: true),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Option<int> limit = new("--limit") { Description = "The most lines.", DefaultValueFactory = _ => 20 };
        Option<bool> byProvider = new("--by-provider") { Description = "A line for each provider instead of each site." };
        Command command = new("sites", Description) { limit, byProvider };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var path = $"/api/v1/sites?limit={parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture)}{(parsed.GetValue(byProvider) ? "&groupBy=provider" : "")}";
            var answer = await client.GetAsync(path, cancel);
            if (printer.IsJson)
            {
                printer.Json(answer);
                return;
            }
            printer.Table(Values.Items(answer, "items"), Columns);
            printer.Line(QueuesCommand.Totals(answer));
        });
        return command;
    }
}
