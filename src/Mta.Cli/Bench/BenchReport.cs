using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mta.Cli.Bench;

/// <summary>What a run came to.</summary>
internal sealed record BenchReport
{
    private static readonly double[] Percents = [50, 90, 99, 99.9];

    /// <summary>How long messages were sent.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>What became of them.</summary>
    public required BenchTally Tally { get; init; }

    /// <summary>What came out at the other end; null where nobody looked.</summary>
    public BenchSink? Sink { get; init; }

    /// <summary>Accepted messages that have not arrived.</summary>
    public long Lost { get; init; }

    /// <summary>Messages that have arrived more than once.</summary>
    public long Twice => Sink?.Arrived.Repeated ?? 0;

    /// <summary>The exit code that says it in a number.</summary>
    public int ExitCode
    {
        get
        {
            if (Lost > 0 || Twice > 0)
                return MtactlCommand.MailLost;
            if (Tally.Accepted == 0 && Tally.ConnectionFailures > 0)
                return MtactlCommand.Failure;
            return Tally.Refused + Tally.Unanswered + Tally.Unsent > 0 ? MtactlCommand.NotAllAccepted : MtactlCommand.Success;
        }
    }

    private double PerSecond => Took > TimeSpan.Zero ? Tally.Accepted / Took.TotalSeconds : 0;

    /// <summary>As lines for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        Line(text, "seconds", $"{Took.TotalSeconds:F2}");
        Line(text, "accepted", $"{Tally.Accepted}  ({PerSecond:F0}/s, {Tally.Octets / Math.Max(Took.TotalSeconds, 1e-9) / 1e6:F1} MB/s)");
        Line(text, "refused", $"{Tally.Refused}");
        Line(text, "unanswered", $"{Tally.Unanswered}");
        Line(text, "unsent", $"{Tally.Unsent}");
        Line(text, "failed sessions", $"{Tally.ConnectionFailures}");
        Line(text, "replies", $"{string.Join(", ", Tally.Codes.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Code}: {c.Count}")))}");
        foreach (var percent in Percents)
            Line(text, string.Create(CultureInfo.InvariantCulture, $"dot to 250 p{percent} ms"), $"{Tally.Latency.Percentile(percent).TotalMilliseconds:F2}");
        Line(text, "dot to 250 max ms", $"{Tally.Latency.Longest.TotalMilliseconds:F2}");
        if (Sink is { } sink)
        {
            Line(text, "arrived", $"{sink.Arrived.Different}");
            Line(text, "lost", $"{Lost}");
            Line(text, "twice", $"{Twice}");
        }
        if (Tally.FirstProblem is { } problem)
            Line(text, "first problem", $"{problem}");
        return text.ToString();
    }

    /// <summary>As one JSON object; durations in milliseconds.</summary>
    public string ToJson()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
            Write(json);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Line(StringBuilder text, string name, FormattableString value) =>
        text.Append(name.PadRight(22)).Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("seconds", Took.TotalSeconds);
        json.WriteNumber("accepted", Tally.Accepted);
        json.WriteNumber("acceptedPerSecond", PerSecond);
        json.WriteNumber("octets", Tally.Octets);
        json.WriteNumber("refused", Tally.Refused);
        json.WriteNumber("unanswered", Tally.Unanswered);
        json.WriteNumber("unsent", Tally.Unsent);
        json.WriteNumber("failedSessions", Tally.ConnectionFailures);
        json.WriteStartObject("replies");
        foreach (var (code, count) in Tally.Codes)
            json.WriteNumber(code.ToString(CultureInfo.InvariantCulture), count);
        json.WriteEndObject();
        json.WriteStartObject("dotTo250Ms");
        foreach (var percent in Percents)
            json.WriteNumber(string.Create(CultureInfo.InvariantCulture, $"p{percent}"), Tally.Latency.Percentile(percent).TotalMilliseconds);
        json.WriteNumber("max", Tally.Latency.Longest.TotalMilliseconds);
        json.WriteEndObject();
        if (Sink is { } sink)
        {
            json.WriteNumber("arrived", sink.Arrived.Different);
            json.WriteNumber("lost", Lost);
            json.WriteNumber("twice", Twice);
        }
        if (Tally.FirstProblem is { } problem)
            json.WriteString("firstProblem", problem);
        json.WriteEndObject();
    }
}
