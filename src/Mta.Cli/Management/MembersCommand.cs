using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl members</c>.</summary>
internal static class MembersCommand
{
    private const string Description = """
        Lists the members of the cluster, as the node that is asked sees them.

        Examples:
          $ mtactl members
          $ mtactl members leave mta-2.example.com
          $ mtactl members down 10.0.0.3:4053
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Command command = new("members", Description)
        {
            Change(commands, "leave", "Lets a member leave: it hands over what it owns, and ends.", "Let {0} leave, and end?"),
            Change(commands, "down", "Declares a member down that is dead: others take what it owned. One that lives ends without handing over, and what it had in flight may be delivered twice.", "Is {0} dead, and to be declared down?"),
        };
        commands.Run(command, async (_, client, printer, cancel) =>
        {
            var answer = await client.GetAsync("/cluster/members", cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                printer.Table(
                    Values.Items(answer, "members"), Column.Text("NODE", "node"), Column.Text("STATUS", "status"), Column.Text("ROLES", "roles"), new("REACHABLE", member => Reachable(answer, member)),
                    new("LEADER", member => Values.Text(member, "node") == Values.Text(answer, "leader") ? "yes" : "no"));
        });
        return command;
    }

    private static Command Change(ManagementCommands commands, string operation, string description, string question)
    {
        Argument<string> node = new("node") { Description = "Host and port as 'mtactl nodes' lists them, or the host name." };
        Command command = new(operation, description) { node };
        commands.AddConfirmation(command);
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var name = parsed.GetValue(node)!;
            commands.Confirm(parsed, question.Replace("{0}", name, StringComparison.Ordinal));
            var order = JsonSerializer.Serialize(new Dictionary<string, string> { ["operation"] = operation });
            var answer = await client.SendAsync(HttpMethod.Put, $"/cluster/members/{Uri.EscapeDataString(name)}", order, cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                printer.Table([answer], Column.Text("NODE", "node"), Column.Text("ORDERED", "operation"));
        });
        return command;
    }

    private static string Reachable(JsonElement answer, JsonElement member) =>
        Values.Items(answer, "unreachable").Any(address => address.GetString() == Values.Text(member, "node")) ? "no" : "yes";
}
