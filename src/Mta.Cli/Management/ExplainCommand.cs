using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>mtactl explain</c>.</summary>
internal static class ExplainCommand
{
    private const string Description = """
        Says what would happen to mail for a recipient, without sending any: queue and owner, route, hosts, limits, TLS, retry schedule; and which key of the configuration decides.

        Examples:
          $ mtactl explain anna@example.com
          $ mtactl explain @example.com --output json
        """;

    private const int AttemptsShown = 10;

    /// <summary>The command.</summary>
    public static Command Create(ManagementCommands commands)
    {
        Argument<string> recipient = new("recipient") { Description = "An address, or a domain behind an @." };
        Command command = new("explain", Description) { recipient };
        commands.Run(command, async (parsed, client, printer, cancel) =>
        {
            var answer = await client.GetAsync($"/api/v1/explain?recipient={Uri.EscapeDataString(parsed.GetValue(recipient)!)}", cancel);
            if (printer.IsJson)
                printer.Json(answer);
            else
                Print(printer, answer);
        });
        return command;
    }

    private static void Print(Printer printer, JsonElement answer)
    {
        foreach (var queue in Values.Items(answer, "queues"))
            Line(printer, "queue", $"{Values.Text(queue, "queue")}, partition {Values.Text(queue, "partition")} on {Values.Text(queue, "node")}, {Values.Text(queue, "depth")} refs");
        PrintRoute(printer, answer.GetProperty("route"));
        PrintWithheld(printer, answer);
        PrintSchedule(printer, answer.GetProperty("retry"));
    }

    /// <summary>Where mail goes, and within which limits.</summary>
    public static void PrintRoute(Printer printer, JsonElement route)
    {
        Line(printer, "route", $"{Values.Text(route, "outcome")}, by {Values.Text(route, "source")}");
        if (Values.Text(route, "outcome") != "routed")
            Line(printer, "reply", Values.Text(route, "reply"));
        foreach (var host in Values.Items(route, "hosts"))
            Line(printer, "host", $"{Values.Text(host, "name")} port {Values.Text(host, "port")}, preference {Values.Text(host, "preference")}");
        Line(printer, "TLS", $"{Values.Text(route, "tls")}, by {Values.Text(route, "tlsSource")}");
        Line(printer, "site", $"{Values.Text(route, "site")} on {Values.Text(route, "siteNode")}");
        foreach (var value in Values.Items(route, "limits"))
            Line(printer, "limit", $"{Values.Text(value, "name")} {Values.Text(value, "value")}, by {Values.Text(value, "source")}");
    }

    private static void PrintWithheld(Printer printer, JsonElement answer)
    {
        if (answer.TryGetProperty("withheldBy", out var orders) && orders.ValueKind == JsonValueKind.Null)
            Line(printer, "held", "nobody can tell now whether by a suspension or a hold");
        foreach (var order in Values.Items(answer, "withheldBy"))
        {
            var conditions = Values.Text(order, "conditions") is { Length: > 1 } some ? $", where it has {some}" : "";
            var until = Values.Time(order, "until") is { Length: > 1 } time ? $", until {time}" : "";
            Line(printer, "held", $"by {Values.Text(order, "kind")} {Values.Text(order, "id")} of {Values.Text(order, "scope")}{conditions}{until}, ordered by {Values.Text(order, "by")}: {Values.Text(order, "reason")}");
        }
    }

    /// <summary>When deferred mail is tried again.</summary>
    public static void PrintSchedule(Printer printer, JsonElement retry)
    {
        foreach (var value in Values.Items(retry, "values"))
            Line(printer, "retry", $"{Values.Text(value, "name")} {Values.Text(value, "value")}, by {Values.Text(value, "source")}");
        Attempts(printer, Values.Items(retry, "attempts"));
    }

    private static void Attempts(Printer printer, IReadOnlyList<JsonElement> attempts)
    {
        foreach (var attempt in attempts.Take(AttemptsShown))
            Line(printer, "attempt", Attempt(attempt));
        if (attempts.Count > AttemptsShown)
            Line(printer, "attempt", $"… {attempts.Count - AttemptsShown} more, the last: {Attempt(attempts[^1])}");
    }

    private static string Attempt(JsonElement attempt)
    {
        var after = TimeSpan.FromSeconds(Values.Number(attempt, "afterSeconds")).ToString("c", CultureInfo.InvariantCulture);
        var end = Values.Text(attempt, "isLast") == "yes" ? ", returned where this fails" : "";
        return $"{Values.Text(attempt, "attempt")} after {after}{end}";
    }

    private static void Line(Printer printer, string head, string text) => printer.Line($"{head,-8} {text}");
}
