using System.Diagnostics;

namespace Mta.Cluster.Nodes;

/// <summary>How many processors this process keeps busy, over the time between the last two looks.</summary>
internal sealed class LoadMeter
{
    private readonly TimeProvider _clock;
    private TimeSpan _used;
    private long _at;

    public LoadMeter(TimeProvider clock)
    {
        _clock = clock;
        using var process = Process.GetCurrentProcess();
        StartedAt = process.StartTime.ToUniversalTime();
        _used = process.TotalProcessorTime;
        _at = clock.GetTimestamp();
    }

    /// <summary>When the process began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Processors that were busy.</summary>
    public double Processors { get; private set; }

    /// <summary>Looks.</summary>
    public void Look()
    {
        var passed = _clock.GetElapsedTime(_at);
        if (passed <= TimeSpan.Zero)
            return;
        using var process = Process.GetCurrentProcess();
        var used = process.TotalProcessorTime;
        Processors = Math.Round((used - _used) / passed, 3);
        (_used, _at) = (used, _clock.GetTimestamp());
    }
}
