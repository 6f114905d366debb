using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl holds</c>.</summary>
internal static class HoldsCommand
{
    private const string Description = """
        Lists the holds that stand: mail that they mean is held, what was queued and what comes, until they end.

        Examples:
          $ mtactl holds
          $ mtactl holds add --sender '*@example.org' --for 2h --reason 'asked the customer'
          $ mtactl holds add example.com --dry-run
          $ mtactl holds end 0195512c9f3b7abc8def0123456789ab
        """;

    private static readonly Column[] Columns =
    [
        Column.Text("ID", "id"),
        Column.Text("DOMAIN", "domain"),
        Column.Text("SENDER", "sender"),
        Column.Text("RECIPIENT", "recipient"),
        Column.Text("TENANT", "tenant"),
        Column.Text("CAMPAIGN", "campaign", isWide: true),
        Column.Text("MESSAGE-ID", "messageIdHeader", isWide: true),
        Column.Time("SINCE", "since"),
        Column.Time("UNTIL", "until"),
        Column.Text("BY", "by"),
        Column.Text("REASON", "reason"),
    ];

    /// <summary>What a hold shares with other standing rules.</summary>
    public static RuleCommands Rules(ManagementCommands commands) => new(commands, "/api/v1/holds", "hold", Columns);

    /// <summary>Prints what an ended hold is followed by.</summary>
    public static void PrintEnded(Printer printer, JsonElement answer)
    {
        if (printer.IsJson)
            printer.Json(answer);
        else
            printer.Line($"job {Values.Text(answer, "job")} releases what it held");
    }

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        var rules = Rules(commands);
        Command command = new("holds", Description) { Add(commands, rules), End(commands, rules) };
        commands.Run(command, (_, client, printer, cancel) => rules.ListAsync(client, printer, cancel));
        return command;
    }

    private static Command Add(ManagementCommands commands, RuleCommands rules)
    {
        FilterOptions filter = new();
        TimeOptions time = new();
        Option<string?> reason = new("--reason") { Description = "Why, for others to read." };
        Option<bool> dryRun = DryRun.Option();
        Command command = new("add", "Holds mail from now on, by destination, sender or recipient; the job of the same id tells how much was queued already.");
        filter.AddTo(command);
        time.AddTo(command);
        command.Options.Add(reason);
        command.Options.Add(dryRun);
        commands.AddConfirmation(command);
        commands.Run(command, (parsed, client, printer, cancel) =>
        {
            var meant = filter.Read(parsed);
            Dictionary<string, object?> order = new() { ["filter"] = FilterOptions.Body(meant), ["reason"] = parsed.GetValue(reason) };
            time.Read(parsed, order);
            return rules.AddAsync(parsed, client, printer, order, parsed.GetValue(dryRun), $"Hold all mail with {FilterOptions.Describe(meant)}, and what comes?", cancel);
        });
        return command;
    }

    private static Command End(ManagementCommands commands, RuleCommands rules)
    {
        Argument<string> id = new("id") { Description = "The hold." };
        Command command = new("end", "Ends a hold, and releases what it held; the job that is named tells how much that is.") { id };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var wanted = parsed.GetValue(id)!;
            PrintEnded(printer, await rules.EndAsync(parsed, client, hold => Values.Text(hold, "id") == wanted, wanted, cancel));
        });
        return command;
    }
}
