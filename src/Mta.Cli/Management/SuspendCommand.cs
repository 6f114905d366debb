using System.CommandLine;
using System.Text.Json;

namespace Mta.Cli.Management;

/// <summary><c>mtactl suspend</c>.</summary>
internal static class SuspendCommand
{
    private const string Description = """
        Suspends destinations in the whole cluster: mail for them is taken and kept, and not delivered, until it is resumed or the time is over. What is in flight ends.

        Examples:
          $ mtactl suspend example.com --for 2h --reason 'their maintenance'
          $ mtactl suspend '*.example.com'
          $ mtactl suspend --site smtp:mx.example.com:25 --dry-run
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string?> domain = new("domain") { Description = "A domain, '*.domain' for all below it, or '*' for all.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> site = new("--site") { Description = "A site instead, as 'mtactl queues --output wide' lists it." };
        Option<string?> time = new("--for") { Description = "For how long, as in 90m or 2d; without it, until it is resumed." };
        Option<string?> reason = new("--reason") { Description = "Why, for others to read." };
        Option<bool> dryRun = DryRun.Option();
        Command command = new("suspend", Description) { domain, site, time, reason, dryRun };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var (named, at) = (parsed.GetValue(domain), parsed.GetValue(site));
            if (named is null == at is null)
                throw new CliException(ExitCodes.Usage, "name either a domain or a site");
            if (!parsed.GetValue(dryRun))
                commands.Confirm(parsed, $"Suspend {named ?? $"site {at}"}?");
            var order = JsonSerializer.Serialize(new Dictionary<string, object?>
            {
                ["dryRun"] = parsed.GetValue(dryRun),
                ["domain"] = named,
                ["site"] = at,
                ["for"] = parsed.GetValue(time),
                ["reason"] = parsed.GetValue(reason),
            });
            var answer = await client.SendAsync(HttpMethod.Post, "/api/v1/suspensions", order, cancel);
            if (!DryRun.Print(printer, answer))
                SuspensionsCommand.PrintOne(printer, answer);
        });
        return command;
    }
}
