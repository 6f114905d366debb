using System.Globalization;

namespace Mta.Node.Configuration;

/// <summary>Sizes as the configuration writes them: <c>512</c>, <c>256KB</c>, <c>100MB</c>, <c>2GB</c>. A KB is 1024 bytes.</summary>
public static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    /// <summary>Reads a size.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The size in bytes.</param>
    /// <returns>False when the text is no size, or one too large for a <see cref="long"/>.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        string unit = text[digits..].Trim().ToUpperInvariant().Replace("IB", "B", StringComparison.Ordinal);
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            return false;
        int found = unit.Length == 0 ? Units.Length - 1 : Array.FindIndex(Units, u => u.Unit == unit);
        if (found < 0 || count > long.MaxValue / Units[found].Bytes)
            return false;
        bytes = count * Units[found].Bytes;
        return true;
    }

    /// <summary>Writes a size in the largest unit that gives a whole number.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Format(long bytes)
    {
        foreach ((string unit, long size) in Units)
        {
            if (unit != "B" && bytes != 0 && bytes % size == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
        }
        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
