using System.CommandLine;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl queue</c>.</summary>
internal static class QueueCommand
{
    private const string Description = """
        Shows the queues of one domain, one or one for each of its lanes: numbers, route, limits in force, schedule, first messages.

        Examples:
          $ mtactl queue example.com
          $ mtactl queue example.com --output json
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string> domain = new("domain") { Description = "The domain in A-labels, or an address literal with its brackets." };
        Command command = new("queue", Description) { domain };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var answer = await client.GetAsync($"/api/v1/queues/{Uri.EscapeDataString(parsed.GetValue(domain)!)}", cancel);
            if (printer.IsJson)
            {
                printer.Json(answer);
                return;
            }
            foreach (var queue in Values.Items(answer, "lanes"))
            {
                foreach (var column in QueuesCommand.Columns)
                    printer.Line($"{column.Head,-12}{column.Cell(queue)}");
            }
            printer.Line($"{"CONNECTIONS",-12}{Values.Text(answer, "connections")}");
            printer.Line("");
            ExplainCommand.PrintRoute(printer, answer.GetProperty("route"));
            ExplainCommand.PrintSchedule(printer, answer.GetProperty("schedule"));
            printer.Line("");
            printer.Table(Values.Items(answer, "messages.items"), MessagesCommand.Columns);
            printer.Line(MessagesCommand.Counted(answer.GetProperty("messages")));
        });
        return command;
    }
}
