using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl drain</c>.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private const string Description = """
        Drains a node: it takes no new mail, ends its sessions after their transaction, and makes no new connections.

        It stays a member and goes on with the queues that it owns; a stop hands those over. --undo lets it take mail again.

        Examples:
          $ mtactl drain mta-2.example.com --wait
          $ mtactl drain 10.0.0.3:4053 --undo
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string> node = new("node") { Description = "Host and port as 'mtactl nodes' lists them, or the host name." };
        Option<bool> undo = new("--undo") { Description = "Lets the node take mail again." };
        Option<bool> wait = new("--wait") { Description = "Waits until neither session nor connection is left." };
        Command command = new("drain", Description) { node, undo, wait };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var path = $"/api/v1/nodes/{Uri.EscapeDataString(parsed.GetValue(node)!)}/drain";
            if (!parsed.GetValue(undo))
                commands.Confirm(parsed, $"Drain {parsed.GetValue(node)}?");
            var state = await client.SendAsync(parsed.GetValue(undo) ? HttpMethod.Delete : HttpMethod.Post, path, null, cancel);
            if (parsed.GetValue(wait) && !parsed.GetValue(undo))
                state = await UntilDrainedAsync(client, state, cancel);
            if (printer.IsJson)
                printer.Json(state);
            else
                printer.Table([state], Column.Text("NODE", "node"), Column.Text("DRAIN", "drain"), Column.Number("SESSIONS", "sessions"), Column.Number("CONNECTIONS", "connections"));
        });
        return command;
    }

    private static async Task<JsonElement> UntilDrainedAsync(ManagementClient client, JsonElement state, CancellationToken cancel)
    {
        using PeriodicTimer ticks = new(LookAgainAfter);
        while (Values.Text(state, "drain") == "draining")
        {
            await ticks.WaitForNextTickAsync(cancel);
            var name = Values.Text(state, "node");
            var nodes = await client.GetAsync("/api/v1/nodes", cancel);
            var report = Values.Items(nodes, "items").FirstOrDefault(n => Values.Text(n, "node") == name);
            if (Values.Text(report, "report.drain") == "-")
                throw new CliException(ExitCodes.Failed, $"{name} does not answer any more");
            var seen = report.GetProperty("report");
            state = JsonSerializer.SerializeToElement(new Dictionary<string, object?>
            {
                ["node"] = name,
                ["drain"] = Values.Text(seen, "drain"),
                ["sessions"] = Values.Number(seen, "sessions"),
                ["connections"] = Values.Number(seen, "connections"),
            });
        }
        return state;
    }
}
