using System.CommandLine;
using System.Text.Json;

namespace Mta.Cli.Management;

/// <summary><c>mtactl suspend</c>.</summary>
internal static class SuspendCommand
{
    private const string Description = """
        Suspends destinations in the whole cluster: mail for them is taken and kept, and not delivered, until it is resumed or the time is over. What is in flight ends.

        A tenant's mail stands in many queues beside that of others. So --tenant orders a hold of it, to the same effect; 'mtactl holds' lists it.

        Examples:
          $ mtactl suspend example.com --for 2h --reason 'their maintenance'
          $ mtactl suspend '*.example.com'
          $ mtactl suspend --site smtp:mx.example.com:25 --dry-run
          $ mtactl suspend --tenant acme --for 1d --reason 'too many complaints'
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string?> domain = new("domain") { Description = "A domain, '*.domain' for all below it, or '*' for all.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> site = new("--site") { Description = "A site instead, as 'mtactl queues --output wide' lists it." };
        Option<string?> tenant = new("--tenant") { Description = "All mail of a tenant instead." };
        Option<string?> time = new("--for") { Description = "For how long, as in 90m or 2d; without it, until it is resumed." };
        Option<string?> reason = new("--reason") { Description = "Why, for others to read." };
        Option<bool> dryRun = DryRun.Option();
        Command command = new("suspend", Description) { domain, site, tenant, time, reason, dryRun };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var (named, at, of) = (parsed.GetValue(domain), parsed.GetValue(site), parsed.GetValue(tenant));
            if (new[] { named, at, of }.Count(given => given is not null) != 1)
                throw new CliException(ExitCodes.Usage, "name either a domain or a site or a tenant");
            if (of is not null)
            {
                Dictionary<string, object?> hold = new() { ["filter"] = new { tenant = of }, ["for"] = parsed.GetValue(time), ["reason"] = parsed.GetValue(reason) };
                await HoldsCommand.Rules(commands).AddAsync(parsed, client, printer, hold, parsed.GetValue(dryRun), $"Hold all mail of tenant {of}, and what comes?", cancel);
                return;
            }
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
