using System.Numerics;

namespace Mta.Cli.Bench;

/// <summary>Durations in cells that grow with them, so that any number takes the same memory; a percentile is exact to one part in 64. Thread-safe.</summary>
internal sealed class LatencyHistogram
{
    private const int CellBits = 6;
    private const int CellsPerOctave = 1 << CellBits;
    private readonly long[] _cells = new long[(64 - CellBits) * CellsPerOctave];
    private long _longest;

    /// <summary>The longest so far.</summary>
    public TimeSpan Longest => TimeSpan.FromMicroseconds(Volatile.Read(ref _longest));

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan duration)
    {
        var microseconds = Math.Max(0, (long)duration.TotalMicroseconds);
        Interlocked.Increment(ref _cells[CellOf(microseconds)]);
        var seen = Volatile.Read(ref _longest);
        while (microseconds > seen)
            seen = Interlocked.CompareExchange(ref _longest, microseconds, seen);
    }

    /// <summary>What so many of a hundred stayed at or below; zero where there are none.</summary>
    public TimeSpan Percentile(double percent)
    {
        var wanted = (long)Math.Ceiling(_cells.Sum() * percent / 100);
        long seen = 0;
        for (var cell = 0; cell < _cells.Length; cell++)
        {
            seen += _cells[cell];
            if (seen >= wanted && seen > 0)
                return TimeSpan.FromMicroseconds(Math.Min(UpperEdge(cell), Volatile.Read(ref _longest)));
        }
        return TimeSpan.Zero;
    }

    // The first cells hold one microsecond each; above them each doubling has as many cells.
    private static int CellOf(long value)
    {
        if (value < CellsPerOctave)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - CellBits;
        return (shift << CellBits) + (int)(value >> shift);
    }

    private static long UpperEdge(int cell)
    {
        if (cell < CellsPerOctave)
            return cell;
        var shift = (cell >> CellBits) - 1;
        return ((long)(cell - (shift << CellBits) + 1) << shift) - 1;
    }
}
