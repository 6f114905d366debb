using System.Globalization;

namespace Mta.Cli.Bench;

/// <summary>
/// The domains that mail goes to, and how often each. Written as <c>uniform:N</c>, <c>zipf:N</c> or <c>zipf:N:EXPONENT</c> (names <c>d0.test</c>,
/// <c>d1.test</c>, …), or as a list <c>a.test=36,b.test=1</c>.
/// </summary>
internal sealed class DomainMix
{
    private const int MostDomains = 1_000_000;
    private readonly double[] _upTo;

    private DomainMix(string[] names, double[] weights)
    {
        Names = names;
        Utf8 = [.. names.Select(System.Text.Encoding.ASCII.GetBytes)];
        var sum = 0.0;
        _upTo = [.. weights.Select(weight => sum += weight)];
    }

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names as octets.</summary>
    public byte[][] Utf8 { get; }

    /// <summary>The domains that a text names.</summary>
    /// <exception cref="FormatException">It is none of the three forms.</exception>
    public static DomainMix Parse(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            ["uniform", var count] => Numbered(Count(count), _ => 1),
            ["zipf", var count] => Zipf(Count(count), 1),
            ["zipf", var count, var exponent] => Zipf(Count(count), Weight(exponent)),
            [_] => Listed(text.Split(',')),
            _ => throw new FormatException($"'{text}' is none of uniform:N, zipf:N, zipf:N:EXPONENT and NAME=WEIGHT,…"),
        };
    }

    /// <summary>The domain for a point of the unit interval.</summary>
    /// <param name="point">From 0 to below 1.</param>
    /// <returns>Its index.</returns>
    public int At(double point)
    {
        var found = Array.BinarySearch(_upTo, point * _upTo[^1]);
        // A point on a border belongs to the domain above it.
        return Math.Min(found >= 0 ? found + 1 : ~found, _upTo.Length - 1);
    }

    private static DomainMix Zipf(int count, double exponent) => Numbered(count, i => Math.Pow(i + 1, -exponent));

    private static DomainMix Numbered(int count, Func<int, double> weight) => new(
        [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"d{i}.test"))],
        [.. Enumerable.Range(0, count).Select(weight)]);

    private static DomainMix Listed(string[] items)
    {
        var names = new string[items.Length];
        var weights = new double[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var at = items[i].IndexOf('=', StringComparison.Ordinal);
            names[i] = Name(at < 0 ? items[i] : items[i][..at]);
            weights[i] = at < 0 ? 1 : Weight(items[i][(at + 1)..]);
        }
        return new DomainMix(names, weights);
    }

    private static string Name(string text) =>
        text.Length is > 0 and <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '[' or ']')
            ? text
            : throw new FormatException($"'{text}' is no domain name");

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MostDomains
            ? count
            : throw new FormatException($"'{text}' is no number of domains from 1 to {MostDomains}");

    private static double Weight(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight > 0
            ? weight
            : throw new FormatException($"'{text}' is no weight above 0");
}
