using System.Diagnostics;

namespace Mta.Cli.Bench;

/// <summary>Spreads messages evenly over time. Who comes late is not held up until the rate is made up for.</summary>
internal sealed class Pace(double? perSecond)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Completes when it is a message's turn.</summary>
    /// <param name="ordinal">How many came before it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public ValueTask TurnOfAsync(long ordinal, CancellationToken cancel)
    {
        if (perSecond is not { } rate)
            return ValueTask.CompletedTask;
        var wait = TimeSpan.FromSeconds(ordinal / rate) - Stopwatch.GetElapsedTime(_start);
        return wait <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(wait, cancel));
    }
}
