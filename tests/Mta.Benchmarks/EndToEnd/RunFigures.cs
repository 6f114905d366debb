using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>What one run came to, or the medians of several.</summary>
internal sealed record RunFigures
{
    public const string Header =
        "| scenario | server | accepted/s | delivered/s | CPU ms a message | peak MB | KB written a message | fsyncs a message | accept p99 ms | connections |\n" +
        "|---|---|---|---|---|---|---|---|---|---|";

    /// <summary>Messages accepted a second.</summary>
    public double AcceptedPerSecond { get; init; }

    /// <summary>Messages delivered a second, from the first accepted to the last delivered; for a backlog, from the sink's coming.</summary>
    public double DeliveredPerSecond { get; init; }

    /// <summary>The server's processor time for each message.</summary>
    public double MillisecondsPerMessage { get; init; }

    /// <summary>The server's most resident memory, in octets.</summary>
    public double PeakResident { get; init; }

    /// <summary>Octets written to disk for each message.</summary>
    public double WrittenPerMessage { get; init; }

    /// <summary>Syncs of a file for each message; null where they cannot be counted.</summary>
    public double? SyncsPerMessage { get; init; }

    /// <summary>What 99 of 100 acceptances stayed below, from dot to 250, in milliseconds.</summary>
    public double Latency99 { get; init; }

    /// <summary>Most connections to the sink at a time.</summary>
    public double Connections { get; init; }

    /// <summary>The median of each figure by itself.</summary>
    public static RunFigures Median(IReadOnlyList<RunFigures> runs) => new()
    {
        AcceptedPerSecond = Median(runs, r => r.AcceptedPerSecond),
        DeliveredPerSecond = Median(runs, r => r.DeliveredPerSecond),
        MillisecondsPerMessage = Median(runs, r => r.MillisecondsPerMessage),
        PeakResident = Median(runs, r => r.PeakResident),
        WrittenPerMessage = Median(runs, r => r.WrittenPerMessage),
        SyncsPerMessage = runs.Any(r => r.SyncsPerMessage is null) ? null : Median(runs, r => r.SyncsPerMessage!.Value),
        Latency99 = Median(runs, r => r.Latency99),
        Connections = Median(runs, r => r.Connections),
    };

    public string Row(string scenario, string server) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {scenario} | {server} | {AcceptedPerSecond:F0} | {DeliveredPerSecond:F0} | {MillisecondsPerMessage:F3} | {PeakResident / (1 << 20):F0} | " +
        $"{WrittenPerMessage / 1000:F1} | {SyncsPerMessage:F2} | {Latency99:F1} | {Connections:F0} |");

    /// <summary>How these figures stand to another server's.</summary>
    public string Ratio(RunFigures other, string scenario, string name) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {scenario} | {name} | {AcceptedPerSecond / other.AcceptedPerSecond:F2} | {DeliveredPerSecond / other.DeliveredPerSecond:F2} | " +
        $"{MillisecondsPerMessage / other.MillisecondsPerMessage:F3} | {PeakResident / other.PeakResident:F2} | " +
        $"{WrittenPerMessage / other.WrittenPerMessage:F2} | {SyncsPerMessage / other.SyncsPerMessage:F2} | {Latency99 / other.Latency99:F2} | |");

    private static double Median(IReadOnlyList<RunFigures> runs, Func<RunFigures, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);
}
