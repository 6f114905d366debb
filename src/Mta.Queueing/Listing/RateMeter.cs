namespace Mta.Queueing.Listing;

/// <summary>
/// How often something happens, in times a second over about the last minute, where later counts more. It is read off a counter from time to time: what is counted costs an increment, and whoever
/// has no meter costs nothing.
/// </summary>
public struct RateMeter
{
    /// <summary>After so many seconds something counts a third of what it did at first, and after a minute a twentieth.</summary>
    private const double Memory = 20;

    private long _seen;

    /// <summary>Times a second.</summary>
    public double PerSecond { get; private set; }

    /// <summary>What of the former rate is left after some seconds; the same for all meters that are read together.</summary>
    public static double FadedTo(double seconds) => Math.Exp(-seconds / Memory);

    /// <summary>Reads the counter.</summary>
    /// <param name="count">What it shows.</param>
    /// <param name="seconds">Since it was read last; more than none.</param>
    /// <param name="faded"><see cref="FadedTo"/> of these seconds.</param>
    public void Read(long count, double seconds, double faded)
    {
        PerSecond = (PerSecond * faded) + ((count - _seen) / seconds * (1 - faded));
        // So that what has long ended is nothing, and not a millionth.
        if (PerSecond < 0.0005) PerSecond = 0;
        _seen = count;
    }
}
