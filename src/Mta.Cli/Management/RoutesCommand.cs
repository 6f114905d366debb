using System.CommandLine;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl routes</c>.</summary>
internal static class RoutesCommand
{
    private const string Description = """
        Lists the standing routes: mail for their domains goes their way, what is queued and what comes, until they end. 'mtactl explain' tells which one decides.

        Examples:
          $ mtactl routes
          $ mtactl routes add '*.example.com' --via relay.example.net:587 --for 2h
          $ mtactl routes add example.com --via mx --dry-run
          $ mtactl routes end '*.example.com'
        """;

    private static readonly Column[] Columns =
    [
        Column.Text("ID", "id"),
        Column.Text("DOMAIN", "domain"),
        Column.Text("VIA", "via"),
        Column.Time("SINCE", "since"),
        Column.Time("UNTIL", "until"),
        Column.Text("BY", "by"),
        Column.Text("REASON", "reason"),
    ];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        RuleCommands rules = new(commands, "/api/v1/routes", "route", Columns);
        Command command = new("routes", Description) { Add(commands, rules), End(commands, rules) };
        commands.Run(command, (_, client, printer, cancel) => rules.ListAsync(client, printer, cancel));
        return command;
    }

    private static Command Add(ManagementCommands commands, RuleCommands rules)
    {
        Argument<string> domain = new("domain") { Description = "A domain, '*.domain' for all below it, or '*' for all." };
        Option<string?> via = new("--via") { Description = "A host with an optional port, 'mx', or 'route:' and the first pattern of a configured route.", Required = true };
        TimeOptions time = new();
        Option<string?> reason = new("--reason") { Description = "Why, for others to read." };
        Option<bool> dryRun = DryRun.Option();
        Command command = new("add", "Sends mail for domains another way from now on; the most specific pattern decides.") { domain, via, reason, dryRun };
        time.AddTo(command);
        commands.AddConfirmation(command);
        commands.Run(command, (parsed, client, printer, cancel) =>
        {
            var (domains, way) = (parsed.GetValue(domain), parsed.GetValue(via));
            Dictionary<string, object?> order = new() { ["domain"] = domains, ["via"] = way, ["reason"] = parsed.GetValue(reason) };
            time.Read(parsed, order);
            return rules.AddAsync(parsed, client, printer, order, parsed.GetValue(dryRun), $"Send mail for {domains} via {way}?", cancel);
        });
        return command;
    }

    private static Command End(ManagementCommands commands, RuleCommands rules)
    {
        Argument<string> name = new("name") { Description = "The route's id, or its domains." };
        Command command = new("end", "Ends a standing route: configuration and DNS decide again.") { name };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var wanted = parsed.GetValue(name)!;
            var answer = await rules.EndAsync(
                parsed, client, route => Values.Text(route, "id") == wanted || string.Equals(Values.Text(route, "domain"), wanted, StringComparison.OrdinalIgnoreCase), wanted, cancel);
            rules.Print(printer, answer, Values.Items(answer, "items"));
        });
        return command;
    }
}
