using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl resume</c>.</summary>
internal static class ResumeCommand
{
    private const string Description = """
        Ends a suspension: what waited is delivered. With --tenant it ends the hold of all mail of a tenant.

        Examples:
          $ mtactl resume example.com
          $ mtactl resume '*.example.com'
          $ mtactl resume smtp:mx.example.com:25
          $ mtactl resume --tenant acme --yes
        """;

    private static readonly string[] OtherConditions = ["sender", "recipient", "campaign", "messageIdHeader"];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string?> name = new("name") { Description = "What was suspended, or the suspension's id.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> tenant = new("--tenant") { Description = "The mail of a tenant instead." };
        Command command = new("resume", Description) { name, tenant };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var (wanted, of) = (parsed.GetValue(name), parsed.GetValue(tenant));
            if (wanted is null == of is null)
                throw new CliException(ExitCodes.Usage, "name either what was suspended or a tenant");
            if (of is not null)
            {
                HoldsCommand.PrintEnded(printer, await HoldsCommand.Rules(commands).EndAsync(parsed, client, hold => IsOfTenant(hold, of), $"of tenant {of}", cancel));
                return;
            }
            var standing = Values.Items(await client.GetAsync("/api/v1/suspensions", cancel), "items");
            var found = standing.Where(s => IsNamed(s, wanted!)).Select(s => Values.Text(s, "id")).FirstOrDefault()
                ?? throw new CliException(ExitCodes.NotFound, $"{wanted} is not suspended; 'mtactl suspensions' lists what is");
            SuspensionsCommand.Print(printer, await client.SendAsync(HttpMethod.Delete, $"/api/v1/suspensions/{Uri.EscapeDataString(found)}", null, cancel));
        });
        return command;
    }

    // One with further conditions holds less than all mail of the tenant; it is ended by its id.
    private static bool IsOfTenant(JsonElement hold, string tenant) =>
        Values.Text(hold, "tenant") == tenant && Values.Text(hold, "domain") == "*"
        && OtherConditions.All(condition => Values.Text(hold, condition) == "-");

    private static bool IsNamed(JsonElement suspension, string wanted) =>
        Values.Text(suspension, "id") == wanted || string.Equals(Values.Text(suspension, "name"), wanted, StringComparison.OrdinalIgnoreCase);
}
