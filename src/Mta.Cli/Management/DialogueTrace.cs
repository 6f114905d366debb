using System.Globalization;
using System.Text.Json;
using Mta.Cli.Client;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary>Shows an SMTP dialogue line by line, to its end.</summary>
internal static class DialogueTrace
{
    /// <summary>Follows the dialogue that a path tells of.</summary>
    /// <exception cref="CliException">The endpoint has gone before the dialogue was over.</exception>
    public static async Task FollowAsync(string path, ManagementClient client, Printer printer, CliEnvironment environment, CancellationToken cancel)
    {
        await foreach (var item in client.WatchAsync(path, cancel))
        {
            switch (item.EventType)
            {
                case "open":
                    environment.Error.WriteLine("watching");
                    break;
                case "lost":
                    environment.Error.WriteLine($"{JsonSerializer.Deserialize<JsonElement>(item.Data).GetProperty("count").GetInt32()} lines were too many, and are left out");
                    break;
                case "end":
                    return;
                default:
                    printer.Line(printer.IsJson ? item.Data : Line(JsonSerializer.Deserialize<JsonElement>(item.Data)));
                    break;
            }
        }
        throw new CliException(ExitCodes.Failed, "the endpoint has ended the trace before the dialogue was over");
    }

    private static string Line(JsonElement line)
    {
        var who = Values.Text(line, "from") switch { "client" => "C", "server" => "S", _ => "*" };
        var at = line.GetProperty("at").GetDateTimeOffset().UtcDateTime.ToString("HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return $"{at} {Values.Text(line, "node")} {who} {Values.Text(line, "text")}";
    }
}
