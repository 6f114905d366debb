using System.CommandLine;
using System.Text.Json;
using Mta.Cli.Output;

namespace Mta.Cli.Management;

/// <summary><c>--dry-run</c>: an order that is counted and not given.</summary>
internal static class DryRun
{
    /// <summary>The option.</summary>
    public static Option<bool> Option() => new("--dry-run") { Description = "Does nothing, and tells how many refs and queues are meant." };

    /// <summary>Prints what was counted, where an answer says that nothing was ordered.</summary>
    public static bool Print(Printer printer, JsonElement answer)
    {
        if (!answer.TryGetProperty("dryRun", out var count) || count.ValueKind != JsonValueKind.Object)
            return false;
        if (printer.IsJson)
        {
            printer.Json(answer);
            return true;
        }
        var silent = Values.Items(count, "silentPartitions").Count;
        printer.Line($"{Values.Text(count, "refs")} refs in {Values.Text(count, "queues")} queues are meant"
            + (silent > 0 ? $"; {silent} partitions do not answer, and are not counted" : ""));
        return true;
    }
}
