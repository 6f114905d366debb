using System.CommandLine;
using System.Globalization;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl audit</c>.</summary>
internal static class AuditCommand
{
    private const string Description = """
        Lists what operators did in the whole cluster, latest first.

        Examples:
          $ mtactl audit
          $ mtactl audit --who alice --action node.drain
          $ mtactl audit --limit 1000 --output json
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Option<string> who = new("--who") { Description = "Only what this person did." };
        Option<string> action = new("--action") { Description = "Only this action, as in node.drain." };
        Option<int> limit = new("--limit") { Description = "The most records, 1 to 1000.", DefaultValueFactory = _ => 50 };
        Option<string> cursor = new("--cursor") { Description = "Goes on where a page ended: the `next` of its JSON." };
        Command command = new("audit", Description) { who, action, limit, cursor };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            string Escaped(Option<string> option) => Uri.EscapeDataString(parsed.GetValue(option) ?? "");
            var answer = await client.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"/api/v1/audit?limit={parsed.GetValue(limit)}&who={Escaped(who)}&action={Escaped(action)}&cursor={Escaped(cursor)}"), cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                printer.Table(
                    Values.Items(answer, "items"),
                    Column.Time("AT", "at"), Column.Text("WHO", "who"), Column.Text("ACTION", "action"), Column.Text("TARGET", "target"), Column.Text("DETAIL", "detail"),
                    Column.Text("OUTCOME", "outcome"), Column.Text("FROM", "origin", isWide: true), Column.Text("NODE", "node", isWide: true), Column.Number("ID", "id", isWide: true));
        });
        return command;
    }
}
