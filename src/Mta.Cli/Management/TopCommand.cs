using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;
using Spectre.Console;

namespace Mta.Cli.Management;

/// <summary><c>mtactl top</c>.</summary>
internal static class TopCommand
{
    private const string Description = """
        Shows nodes and the deepest queues, again and again, until Ctrl-C. Into a file or pipe it shows them once.

        Examples:
          $ mtactl top
          $ mtactl top --interval 5 --limit 40
          $ mtactl top --once
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Option<int> interval = new("--interval") { Description = "Seconds between two looks.", DefaultValueFactory = _ => 2 };
        interval.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3600)
                result.AddError("--interval: expected a number from 1 to 3600");
        });
        Option<int> limit = new("--limit") { Description = "The most queues.", DefaultValueFactory = _ => 15 };
        Option<bool> once = new("--once") { Description = "Looks once." };
        Command command = new("top", Description) { interval, limit, once };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var first = await LookAsync(client, printer, parsed.GetValue(limit), cancel);
            if (parsed.GetValue(once) || !commands.Environment.IsInteractive)
            {
                printer.Console.Write(first);
                return;
            }
            await printer.Console.Live(first).StartAsync(async live =>
            {
                using PeriodicTimer ticks = new(TimeSpan.FromSeconds(parsed.GetValue(interval)));
                while (await ticks.WaitForNextTickAsync(cancel))
                    live.UpdateTarget(await LookAsync(client, printer, parsed.GetValue(limit), cancel));
            });
        });
        return command;
    }

    private static async Task<Rows> LookAsync(ManagementClient client, Printer printer, int limit, CancellationToken cancel)
    {
        var nodes = client.GetAsync("/api/v1/nodes", cancel);
        JsonElement queues = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/queues?limit={limit}"), cancel);
        return new Rows(
            printer.TableOf(Values.Items(await nodes, "items"), NodesCommand.Columns),
            new Text(QueuesCommand.Totals(queues)),
            printer.TableOf(Values.Items(queues, "items"), QueuesCommand.Columns));
    }
}
