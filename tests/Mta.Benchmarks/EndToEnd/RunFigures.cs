using System.Globalization;

namespace Mta.Benchmarks.EndToEnd;

/// <summary>What one run came to.</summary>
/// <param name="AcceptedPerSecond">Messages accepted a second.</param>
/// <param name="DeliveredPerSecond">Messages delivered a second, from the first accepted to the last delivered; for a backlog, from the sink's coming.</param>
/// <param name="ProcessorPerMessage">The server's processor time for each message.</param>
/// <param name="PeakResident">The server's most resident memory, in octets.</param>
/// <param name="WrittenPerMessage">Octets written to disk for each message.</param>
/// <param name="Latency99">What 99 of 100 acceptances stayed below, from dot to 250.</param>
/// <param name="Connections">Most connections to the sink at a time.</param>
internal sealed record RunFigures(
    double AcceptedPerSecond,
    double DeliveredPerSecond,
    TimeSpan ProcessorPerMessage,
    long PeakResident,
    long WrittenPerMessage,
    TimeSpan Latency99,
    int Connections)
{
    public const string Header =
        "| scenario | server | accepted/s | delivered/s | CPU ms a message | peak RSS MB | KB written a message | accept p99 ms | connections |\n" +
        "|---|---|---|---|---|---|---|---|---|";

    public static RunFigures Median(IReadOnlyList<RunFigures> runs) => runs.OrderBy(r => r.DeliveredPerSecond).ElementAt(runs.Count / 2);

    public string Row(string scenario, string server) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {scenario} | {server} | {AcceptedPerSecond:F0} | {DeliveredPerSecond:F0} | {ProcessorPerMessage.TotalMilliseconds:F3} | {PeakResident >> 20} | " +
        $"{WrittenPerMessage / 1000.0:F1} | {Latency99.TotalMilliseconds:F1} | {Connections} |");

    /// <summary>How these figures stand to another server's.</summary>
    public string Ratio(RunFigures other, string scenario) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {scenario} | ratio | {AcceptedPerSecond / other.AcceptedPerSecond:F2} | {DeliveredPerSecond / other.DeliveredPerSecond:F2} | " +
        $"{ProcessorPerMessage / other.ProcessorPerMessage:F3} | {(double)PeakResident / other.PeakResident:F2} | " +
        $"{(double)WrittenPerMessage / other.WrittenPerMessage:F2} | {Latency99 / other.Latency99:F2} | |");
}
