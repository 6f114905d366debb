using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl retry</c>, <c>bounce</c>, <c>drop</c>, <c>hold</c>, <c>release</c>, <c>reroute</c>, <c>expire</c>: what is done to all queued mail that is meant.</summary>
internal static class JobCommands
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(500);

    private static readonly JobKind[] Kinds =
    [
        new("retry", """
            Tries queued mail now, however long it had to wait. What is held stays held.

            Examples:
              $ mtactl retry example.com --wait
              $ mtactl retry '*' --deferred-for DnsFailure
            """, null),
        new("bounce", """
            Gives queued mail up and tells its senders. What is in flight is given up when it comes back, if it does. A null sender is told nothing.

            Examples:
              $ mtactl bounce --sender list@example.org --reason 'the list is wrong' --wait
              $ mtactl bounce example.com --older-than 2d --reply 'mailbox full'
            """, "Bounce"),
        new("drop", """
            Gives queued mail up and tells nobody. What is in flight is given up when it comes back, if it does.

            Examples:
              $ mtactl drop --sender '*@spammer.example'
              $ mtactl drop --message 0195512c9f3b7abc8def0123456789ab --yes
            """, "Drop without a word"),
        new("hold", """
            Holds mail that is queued now: it is neither attempted nor given up until it is released. What comes later is not held; 'mtactl holds add' does that.

            Examples:
              $ mtactl hold --sender '*@example.org' --reason 'asked the customer' --wait
              $ mtactl hold --message 0195512c9f3b7abc8def0123456789ab --yes
              $ mtactl hold example.com --dry-run
            """, "Hold"),
        new("release", """
            Releases held mail, whatever held it: it gets its old schedule back. Mail whose time is over meanwhile has one more attempt.

            Examples:
              $ mtactl release --sender '*@example.org' --wait
              $ mtactl release '*' --hold operator
            """, "Release"),
        new("reroute", """
            Sends mail that is queued now another way than its domain's: to a host, by MX, or by a route of the configuration. 'default' takes that back. 'mtactl routes add' does it for mail that comes later, too.

            Examples:
              $ mtactl reroute example.com --via '[192.0.2.1]:2525' --wait
              $ mtactl reroute --sender list@example.org --via 'route:*.bulk.example'
              $ mtactl reroute example.com --via default --yes
            """, "Reroute"),
        new("expire", """
            Gives mail that is queued now another time at which it is given up. Mail whose time is over then has one last attempt.

            Examples:
              $ mtactl expire example.com --lifetime 12h --wait
              $ mtactl expire --message 0195512c9f3b7abc8def0123456789ab --at 2026-03-01T12:00:00Z
              $ mtactl expire example.com --lifetime default --yes
            """, "Change the expiry of"),
    ];

    /// <summary>The commands.</summary>
    public static IEnumerable<Command> Create(ManagementCommands commands) => Kinds.Select(kind => Create(commands, kind));

    private static Command Create(ManagementCommands commands, JobKind kind)
    {
        FilterOptions filter = new();
        Option<bool> wait = new("--wait") { Description = "Waits until all partitions have done it." };
        Option<bool> dryRun = DryRun.Option();
        JobOptions options = new(kind.Action);
        Command command = new(kind.Action, kind.Description);
        filter.AddTo(command);
        command.Options.Add(wait);
        command.Options.Add(dryRun);
        options.AddTo(command);
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var meant = filter.Read(parsed);
            var order = options.Read(parsed);
            (order["action"], order["filter"], order["dryRun"]) = (kind.Action, FilterOptions.Body(meant), parsed.GetValue(dryRun));
            if (kind.Question is { } question && !parsed.GetValue(dryRun))
                commands.Confirm(parsed, $"{question} all queued mail with {FilterOptions.Describe(meant)}?");
            var job = await client.SendAsync(HttpMethod.Post, "/api/v1/jobs", JsonSerializer.Serialize(order), cancel);
            if (DryRun.Print(printer, job))
                return;
            if (parsed.GetValue(wait))
                job = await UntilEndedAsync(client, job, cancel);
            JobsCommand.PrintOne(printer, job);
        });
        return command;
    }

    private static async Task<JsonElement> UntilEndedAsync(ManagementClient client, JsonElement job, CancellationToken cancel)
    {
        using PeriodicTimer ticks = new(LookAgainAfter);
        while (Values.Text(job, "state") == "running")
        {
            await ticks.WaitForNextTickAsync(cancel);
            job = await client.GetAsync($"/api/v1/jobs/{Uri.EscapeDataString(Values.Text(job, "id"))}", cancel);
        }
        return job;
    }

    /// <summary>What a job does.</summary>
    /// <param name="Action">The action, which is the command's name.</param>
    /// <param name="Description">What its help says.</param>
    /// <param name="Question">How the question begins that is asked before; null where none is.</param>
    private sealed record JobKind(string Action, string Description, string? Question);
}
