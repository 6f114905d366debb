using System.Globalization;
using System.Text;

namespace Mta.Node.Configuration;

/// <summary>Durations as the configuration writes them: <c>5m</c>, <c>1h30m</c>, <c>100ms</c>, <c>5d</c>, <c>0</c>.</summary>
public static class DurationText
{
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration: whole numbers, each with its unit, the largest unit first, each unit once.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The duration.</param>
    /// <returns>False when the text is no duration, or one too long for a <see cref="TimeSpan"/>.</returns>
    public static bool TryParse(string text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text == "0")
            return true;
        int at = 0, nextUnit = 0;
        long ticks = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            int letters = at;
            while (at < text.Length && char.IsAsciiLetter(text[at]))
                at++;
            int unit = Array.FindIndex(Units, u => u.Unit == text[letters..at]);
            if (unit < nextUnit || !long.TryParse(text.AsSpan(digits, letters - digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
                return false;
            if (count > (TimeSpan.MaxValue.Ticks - ticks) / Units[unit].Ticks)
                return false;
            ticks += count * Units[unit].Ticks;
            nextUnit = unit + 1;
        }
        value = new TimeSpan(ticks);
        return text.Length > 0;
    }

    /// <summary>Writes a duration so that <see cref="TryParse"/> reads the same again, to the millisecond.</summary>
    /// <param name="value">The duration.</param>
    public static string Format(TimeSpan value)
    {
        if (value == Timeout.InfiniteTimeSpan)
            return "unlimited";
        StringBuilder text = new();
        long rest = value.Ticks;
        foreach ((string unit, long size) in Units)
        {
            if (rest / size is > 0 and long count)
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            rest %= size;
        }
        return text.Length > 0 ? text.ToString() : "0";
    }
}
