using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary>An event of mail as a line.</summary>
internal static class EventLine
{
    /// <summary>The line.</summary>
    /// <param name="seen">The event as the endpoint tells it.</param>
    public static string Of(JsonElement seen)
    {
        var what = Values.Text(seen, "kind") == "received"
            ? $"{Values.Text(seen, "recipients")} recipients, {Values.Size(seen, "size")}, from {Values.Text(seen, "peer")}"
            : $"by {Values.Text(seen, "peer")}, attempt {Values.Text(seen, "attempt")}: {Values.Text(seen, "reply")}";
        var next = Values.Time(seen, "next") is { Length: > 1 } time ? $", next {time}" : "";
        return $"{Values.Time(seen, "at")} {Values.Text(seen, "kind"),-9} {Values.Text(seen, "messageId")} <{Values.Text(seen, "sender")}> to <{Values.Text(seen, "recipient")}> {what}{next}";
    }
}
