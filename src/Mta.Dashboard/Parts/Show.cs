using System.Globalization;

namespace Mta.Dashboard.Parts;

/// <summary>How numbers, sizes and times are written.</summary>
public static class Show
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    // Groups of three with a thin space, which no language takes for a decimal point.
    private static readonly NumberFormatInfo Grouped = new() { NumberGroupSeparator = "\u202f", NumberGroupSizes = [3] };

    /// <summary>A count.</summary>
    public static string Count(long count) => count.ToString("N0", Grouped);

    /// <summary>A count of things, in words.</summary>
    public static string Count(long count, string one, string many) => $"{Count(count)} {(count == 1 ? one : many)}";

    /// <summary>A rate a second.</summary>
    public static string Rate(double rate) => rate switch
    {
        < 0.05 => "0",
        < 10 => rate.ToString("0.0", CultureInfo.InvariantCulture),
        _ => Count((long)Math.Round(rate)),
    };

    /// <summary>A number of octets.</summary>
    public static string Bytes(long bytes)
    {
        double size = bytes;
        int unit = 0;
        for (; size >= 1000 && unit < Units.Length - 1; unit++)
            size /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }

    /// <summary>A length of time, as precise as people say it.</summary>
    public static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } s => $"{s.Seconds} s",
        { TotalHours: < 1 } s => $"{s.Minutes} min",
        { TotalDays: < 1 } s => s.Minutes > 0 ? $"{s.Hours} h {s.Minutes} min" : $"{s.Hours} h",
        var s => s.Hours > 0 ? $"{s.Days} d {s.Hours} h" : $"{s.Days} d",
    };

    /// <summary>How long ago, or how soon.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => at > now.AddSeconds(1) ? $"in {Span(at - now)}" : $"{Span(now - at)} ago";

    /// <summary>A time of day, here.</summary>
    public static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A date and time, here.</summary>
    public static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A version, without what it was built from.</summary>
    public static string Version(string version) => version.Split('+')[0];

    /// <summary>A name such as HostUnreachable, in words.</summary>
    public static string Words(string name) => name.Length == 0 || name == "None"
        ? ""
        : string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? c.ToString() : $" {char.ToLowerInvariant(c)}") : c.ToString()));
}
