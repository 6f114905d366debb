using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl jobs</c>.</summary>
internal static class JobsCommand
{
    private const string Description = """
        Lists what was ordered over queued mail: what runs, and the last that have ended, with their counts. With an id, that one.

        Examples:
          $ mtactl jobs
          $ mtactl jobs 0195512c9f3b7abc8def0123456789ab --output json
        """;

    private static readonly Column[] Columns =
    [
        Column.Text("ID", "id"),
        Column.Text("ACTION", "action"),
        Column.Text("STATE", "state"),
        Column.Number("COUNT", "count"),
        new("PENDING", job => $"{Values.Items(job, "pendingPartitions").Count}", IsNumber: true),
        Column.Text("DOMAIN", "domain"),
        Column.Time("ORDERED", "orderedAt"),
        Column.Text("BY", "by"),
        Column.Time("ENDED", "endedAt", isWide: true),
        Column.Text("SENDER", "sender", isWide: true),
        Column.Text("RECIPIENT", "recipient", isWide: true),
        Column.Time("BEFORE", "acceptedBefore", isWide: true),
        Column.Text("DEFERRED FOR", "deferredFor", isWide: true),
        Column.Text("REPLY", "reply", isWide: true),
        Column.Text("MESSAGE", "message", isWide: true),
        Column.Text("HELD BY", "heldBy", isWide: true),
        Column.Text("HOLD", "hold", isWide: true),
        Column.Text("ROUTE", "route", isWide: true),
        Column.Time("EXPIRES", "expiresAt", isWide: true),
        Column.Number("LIFETIME", "lifetimeSeconds", isWide: true),
        Column.Text("REASON", "reason", isWide: true),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string?> id = new("id") { Description = "Only this job.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("jobs", Description) { id };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            if (parsed.GetValue(id) is { } wanted)
            {
                PrintOne(printer, await client.GetAsync($"/api/v1/jobs/{Uri.EscapeDataString(wanted)}", cancel));
                return;
            }
            var answer = await client.GetAsync("/api/v1/jobs", cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                printer.Table(Values.Items(answer, "items"), Columns);
        });
        return command;
    }

    /// <summary>Prints one job.</summary>
    public static void PrintOne(Printer printer, JsonElement job)
    {
        if (printer.IsJson)
            printer.Json(job);
        else
            printer.Table([job], Columns);
    }
}
