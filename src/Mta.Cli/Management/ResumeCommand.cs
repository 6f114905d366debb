using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl resume</c>.</summary>
internal static class ResumeCommand
{
    private const string Description = """
        Ends a suspension: what waited is delivered.

        Examples:
          $ mtactl resume example.com
          $ mtactl resume '*.example.com'
          $ mtactl resume smtp:mx.example.com:25
        """;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string> name = new("name") { Description = "What was suspended, or the suspension's id." };
        Command command = new("resume", Description) { name };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var wanted = parsed.GetValue(name)!;
            var standing = Values.Items(await client.GetAsync("/api/v1/suspensions", cancel), "items");
            var found = standing.Where(s => IsNamed(s, wanted)).Select(s => Values.Text(s, "id")).FirstOrDefault()
                ?? throw new CliException(ExitCodes.NotFound, $"{wanted} is not suspended; 'mtactl suspensions' lists what is");
            SuspensionsCommand.Print(printer, await client.SendAsync(HttpMethod.Delete, $"/api/v1/suspensions/{Uri.EscapeDataString(found)}", null, cancel));
        });
        return command;
    }

    private static bool IsNamed(JsonElement suspension, string wanted) =>
        Values.Text(suspension, "id") == wanted || string.Equals(Values.Text(suspension, "name"), wanted, StringComparison.OrdinalIgnoreCase);
}
