using System.Globalization;

namespace Mta.Queueing;

/// <summary>
/// The name of a domain queue: the destination domain, and the lane where a hot domain is spread over several queues. Mail with a route of its own waits beside its domain's, in a queue with a side.
/// </summary>
/// <param name="Domain">Lower-case A-labels, or an address literal with its brackets.</param>
/// <param name="Lane">0 unless the domain is configured with several lanes. The upper half is the side.</param>
public readonly record struct QueueKey(string Domain, int Lane = 0)
{
    /// <summary>The most lanes of a domain.</summary>
    public const int MaxLanes = 1 << SideShift;

    /// <summary>The most sides of a lane.</summary>
    public const int MaxSides = int.MaxValue >> SideShift;

    private const int SideShift = 16;

    /// <summary>0 for the domain's own queue; else which of those beside it.</summary>
    public int Side => Lane < MaxLanes ? 0 : Lane >> SideShift;

    /// <summary>The queue that this one is beside of; itself where it is beside none.</summary>
    public QueueKey Main => Side == 0 ? this : this with { Lane = Lane & (MaxLanes - 1) };

    /// <summary>A queue beside this one.</summary>
    /// <param name="side">Which, from 1.</param>
    public QueueKey Beside(int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MaxSides);
        return this with { Lane = Main.Lane | (side << SideShift) };
    }

    /// <summary><c>domain</c> for lane 0, else <c>domain#lane</c>; with <c>&gt;side</c> behind it where it is beside another.</summary>
    public override string ToString()
    {
        if (Side > 0) return string.Create(CultureInfo.InvariantCulture, $"{Main}>{Side}");
        return Lane == 0 ? Domain : string.Create(CultureInfo.InvariantCulture, $"{Domain}#{Lane}");
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">The lane or the side is not a number.</exception>
    public static QueueKey Parse(string text)
    {
        var beside = text.LastIndexOf('>');
        if (beside >= 0) return Parse(text[..beside]).Beside(int.Parse(text.AsSpan(beside + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        var hash = text.LastIndexOf('#');
        return hash < 0
            ? new QueueKey(text)
            : new QueueKey(text[..hash], int.Parse(text.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
