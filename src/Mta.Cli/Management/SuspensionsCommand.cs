using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl suspensions</c>.</summary>
internal static class SuspensionsCommand
{
    private const string Description = """
        Lists the suspensions that stand.

        Examples:
          $ mtactl suspensions
          $ mtactl suspensions --output json | jq -r '.items[].id'
        """;

    private static readonly Column[] Columns =
    [
        Column.Text("ID", "id"),
        Column.Text("KIND", "kind"),
        Column.Text("NAME", "name"),
        Column.Time("SINCE", "since"),
        Column.Time("UNTIL", "until"),
        Column.Text("BY", "by"),
        Column.Text("REASON", "reason"),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Command command = new("suspensions", Description);
        commands.Run(command, async (_, client, printer, cancel) => Print(printer, await client.GetAsync("/api/v1/suspensions", cancel)));
        return command;
    }

    /// <summary>Prints a list of suspensions.</summary>
    public static void Print(Printer printer, JsonElement answer)
    {
        if (printer.IsJson)
        {
            printer.Json(answer);
            return;
        }
        printer.Table(Values.Items(answer, "items"), Columns);
        PrintPending(printer, answer);
    }

    /// <summary>Prints one suspension.</summary>
    public static void PrintOne(Printer printer, JsonElement answer)
    {
        if (printer.IsJson)
        {
            printer.Json(answer);
            return;
        }
        printer.Table([answer.GetProperty("suspension")], Columns);
        PrintPending(printer, answer);
    }

    private static void PrintPending(Printer printer, JsonElement answer)
    {
        if (Values.Items(answer, "pendingPartitions").Count is > 0 and var pending)
            printer.Line($"{pending} partitions have not taken this yet; they are told until they do");
    }
}
