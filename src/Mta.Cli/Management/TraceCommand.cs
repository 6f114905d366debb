using System.CommandLine;
using System.Text.Json;

namespace Mta.Cli.Management;

/// <summary><c>mtactl trace</c>.</summary>
internal static class TraceCommand
{
    private const string Description = """
        Shows receptions, deliveries, deferrals and bounces of the whole cluster as they happen, until Ctrl-C.

        Where there are more than can be shown, some are left out, and a line says how many.

        With --session or --delivery it shows, instead, the whole SMTP dialogue of the next session of a client, or of the next delivery to a domain, and ends with it. That takes an operator's right, and
        is on record. C is the side that connects, S the other; what is said to log in is not shown.

        Examples:
          $ mtactl trace
          $ mtactl trace --kind deferred --kind bounced --domain example.com
          $ mtactl trace --sender news@example.org --output json | jq -r .recipient
          $ mtactl trace --session 192.0.2.1
          $ mtactl trace --delivery example.com
        """;

    private static readonly string[] Kinds = ["received", "delivered", "deferred", "bounced"];

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Option<string[]> kind = new("--kind") { Description = "Only this kind; may be given several times." };
        kind.AcceptOnlyFromAmong(Kinds);
        Option<string> domain = new("--domain") { Description = "Only mail to this domain." };
        Option<string> sender = new("--sender") { Description = "Only mail from this address or domain." };
        Option<int> count = new("--count") { Description = "Ends after so many events; 0 does not end." };
        Option<string> session = new("--session") { Description = "The dialogue of the next session of this client, by its IP address.", HelpName = "CLIENT" };
        Option<string> delivery = new("--delivery") { Description = "The dialogue of the next delivery to this domain.", HelpName = "DOMAIN" };
        Command command = new("trace", Description) { kind, domain, sender, count, session, delivery };
        command.Validators.Add(result =>
        {
            if (result.GetResult(session) is not null && result.GetResult(delivery) is not null)
                result.AddError("--session and --delivery are two things");
        });
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            if (parsed.GetValue(session) is { } from)
            {
                await DialogueTrace.FollowAsync($"/api/v1/trace/sessions?client={Uri.EscapeDataString(from)}", client, printer, commands.Environment, cancel);
                return;
            }
            if (parsed.GetValue(delivery) is { } to)
            {
                await DialogueTrace.FollowAsync($"/api/v1/trace/deliveries?domain={Uri.EscapeDataString(to)}", client, printer, commands.Environment, cancel);
                return;
            }
            var (seen, most) = (0, parsed.GetValue(count));
            await foreach (var item in client.WatchAsync(Path(parsed.GetValue(kind), parsed.GetValue(domain), parsed.GetValue(sender)), cancel))
            {
                if (item.EventType == "open")
                    commands.Environment.Error.WriteLine("watching");
                else if (item.EventType == "lost")
                    commands.Environment.Error.WriteLine($"{JsonSerializer.Deserialize<JsonElement>(item.Data).GetProperty("count").GetInt32()} events were too many, and are left out");
                else
                    printer.Line(printer.IsJson ? item.Data : EventLine.Of(JsonSerializer.Deserialize<JsonElement>(item.Data)));
                if (item.EventType is not ("open" or "lost") && most > 0 && ++seen >= most)
                    return;
            }
        });
        return command;
    }

    private static string Path(string[]? kinds, string? domain, string? sender) =>
        $"/api/v1/events?kinds={string.Join(',', kinds ?? [])}&domain={Uri.EscapeDataString(domain ?? "")}&sender={Uri.EscapeDataString(sender ?? "")}";
}
