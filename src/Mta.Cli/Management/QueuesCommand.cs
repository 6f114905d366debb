using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl queues</c>.</summary>
internal static class QueuesCommand
{
    private const string Description = """
        Lists the domain queues of the whole cluster that hold mail, deepest first or as asked, and the totals over all.

        Examples:
          $ mtactl queues
          $ mtactl queues --sort oldest --domain '*.example.com' --all
          $ mtactl queues --reason HostUnreachable --suspended false --output wide
          $ mtactl queues --output json | jq .totals.depth
        """;

    private const int PageOfAll = 1000;

    private static readonly (string Parameter, Option<string?> Option)[] Choices =
    [
        ("sort", new("--sort") { Description = "depth, due, deferred, inFlight, oldest, rateIn, rateOut or name." }),
        ("order", new("--order") { Description = "asc or desc; else the greatest number, the oldest message or the first name comes first." }),
        ("domain", new("--domain") { Description = "A domain, or '*.domain' for all below it." }),
        ("site", new("--site") { Description = "The site that serves them, as --output wide names it." }),
        ("reason", new("--reason") { Description = "Why mail was deferred there last, as the list names it." }),
        ("suspended", new("--suspended") { Description = "true: those that a suspension holds; false: the others." }),
    ];

    /// <summary>The columns.</summary>
    public static Column[] Columns { get; } =
    [
        Column.Text("QUEUE", "queue"),
        Column.Number("DEPTH", "depth"),
        Column.Number("DUE", "due"),
        Column.Number("DEFERRED", "deferred"),
        Column.Number("IN FLIGHT", "inFlight"),
        Column.Number("HELD", "held"),
        Column.Number("IN/S", "rateIn"),
        Column.Number("OUT/S", "rateOut"),
        Column.Time("OLDEST", "oldest"),
        Column.Text("REASON", "lastReason"),
        new("SUSPENDED", queue => Values.Text(queue, "suspension") == "-" ? "-" : "yes"),
        Column.Time("NEXT", "nextDue", isWide: true),
        Column.Text("SITE", "site", isWide: true),
        Column.Text("ROUTE", "route", isWide: true),
        Column.Number("PARTITION", "partition", isWide: true),
        Column.Text("LAST REPLY", "lastReply", isWide: true),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Option<int> limit = new("--limit") { Description = "The most queues.", DefaultValueFactory = _ => 20 };
        Option<bool> all = new("--all") { Description = "All that fit, page by page." };
        Command command = new("queues", Description) { limit, all };
        foreach (var (_, option) in Choices)
            command.Options.Add(option);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var path = $"/api/v1/queues?limit={(parsed.GetValue(all) ? PageOfAll : parsed.GetValue(limit)).ToString(CultureInfo.InvariantCulture)}{QueryOf(parsed)}";
            var answer = await (parsed.GetValue(all) ? client.GetAllAsync(path, cancel) : client.GetAsync(path, cancel));
            if (printer.IsJson)
            {
                printer.Json(answer);
                return;
            }
            printer.Table(Values.Items(answer, "items"), Columns);
            printer.Line(Totals(answer));
        });
        return command;
    }

    private static string QueryOf(ParseResult parsed) => string.Concat(
        Choices.Select(c => (c.Parameter, Value: parsed.GetValue(c.Option))).Where(c => !string.IsNullOrEmpty(c.Value)).Select(c => $"&{c.Parameter}={Uri.EscapeDataString(c.Value!)}"));

    /// <summary>The totals in one line.</summary>
    public static string Totals(JsonElement answer)
    {
        var silent = Values.Items(answer, "silentPartitions").Count;
        string Part(string name) => Values.Text(answer, $"totals.{name}");
        return $"{Part("queues")} queues, {Part("depth")} refs: {Part("due")} due, {Part("deferred")} deferred, {Part("inFlight")} in flight, {Part("held")} held"
            + (silent > 0 ? $"; {silent} partitions do not answer, and are not counted" : "");
    }
}
