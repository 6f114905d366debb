using System.Globalization;

namespace Mta.Cli.Bench;

/// <summary>The sizes of messages and how often each: <c>2k</c>, or <c>10k=70,100k=30</c>. 1 k is 1000 octets.</summary>
internal sealed class SizeMix
{
    private const int Largest = 1_000_000_000;
    private readonly double[] _upTo;

    private SizeMix(int[] sizes, double[] weights)
    {
        Sizes = sizes;
        var sum = 0.0;
        _upTo = [.. weights.Select(weight => sum += weight)];
    }

    /// <summary>The sizes in octets.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>The sizes that a text names.</summary>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static SizeMix Parse(string text)
    {
        var items = text.Split(',');
        var sizes = new int[items.Length];
        var weights = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var at = items[i].IndexOf('=', StringComparison.Ordinal);
            sizes[i] = Octets(at < 0 ? items[i] : items[i][..at]);
            weights[i] = at < 0 ? 1 : Weight(items[i][(at + 1)..]);
        }
        return new SizeMix(sizes, weights);
    }

    /// <summary>The size for a point of the unit interval.</summary>
    /// <param name="point">From 0 to below 1.</param>
    /// <returns>Its index.</returns>
    public int At(double point)
    {
        var found = Array.BinarySearch(_upTo, point * _upTo[^1]);
        return Math.Min(found >= 0 ? found + 1 : ~found, _upTo.Length - 1);
    }

    private static int Octets(string text)
    {
        var unit = text.Length == 0 ? 1 : char.ToLowerInvariant(text[^1]) switch { 'k' => 1000, 'm' => 1_000_000, _ => 1 };
        var digits = unit == 1 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > Largest / unit)
            throw new FormatException($"'{text}' is no size from 1 to {Largest} octets, such as 2k or 1m");
        return (int)(number * unit);
    }

    private static double Weight(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight > 0
            ? weight
            : throw new FormatException($"'{text}' is no weight above 0");
}
