using System.Globalization;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary>What has happened to a message, line by line in the order of time.</summary>
internal static class MessageTimeline
{
    /// <summary>Prints it, behind an empty line; nothing where the endpoint tells no history.</summary>
    public static void Print(JsonElement message, Printer printer)
    {
        if (Values.Time(message, "reception.at") is not { Length: > 1 } at)
            return;
        printer.Line("");
        printer.Line($"{at}  received by {Values.Text(message, "reception.node")}, {Values.Size(message, "reception.size")}{Trace(message)}");
        foreach (var attempt in Values.Items(message, "history"))
        {
            printer.Line($"{Values.Time(attempt, "at")}  attempt {Values.Text(attempt, "attempt")} to {Values.Text(attempt, "queue")} by {Values.Text(attempt, "node")}{Peer(attempt)}");
            foreach (var result in Values.Items(attempt, "results"))
                printer.Line($"{"",22}{Values.Text(result, "result")}{Recipients(result)}{Reason(result)}: {Values.Text(result, "reply")}");
            printer.Line($"{"",22}next at {Values.Time(attempt, "nextDue")}");
        }
    }

    private static string Trace(JsonElement message) => Values.Text(message, "reception.trace") is { Length: > 1 } trace ? $": {trace}" : "";

    private static string Peer(JsonElement attempt)
    {
        if (Values.Text(attempt, "host") is not { Length: > 1 } host)
            return ", nobody was asked";
        var source = Values.Text(attempt, "source") is { Length: > 1 } from ? $" from {from}" : "";
        return $"{source}, {host} at {Values.Text(attempt, "address")}, {(Values.Text(attempt, "tls") is { Length: > 1 } tls ? tls : "in clear")}";
    }

    private static string Recipients(JsonElement result)
    {
        var named = Values.Items(result, "recipients").Count;
        var more = Values.Number(result, "recipientCount") - named;
        return named == 0 ? "" : $" {Values.Text(result, "recipients")}{(more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "")}";
    }

    private static string Reason(JsonElement result) => Values.Text(result, "reason") is "None" or "-" ? "" : $" ({Values.Text(result, "reason")})";
}
