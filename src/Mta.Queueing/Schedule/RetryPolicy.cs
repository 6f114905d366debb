namespace Mta.Queueing.Schedule;

/// <summary>
/// When a deferred ref is tried again: intervals that grow by a factor up to a cap, and a last attempt at the expiry, after which
/// the ref is returned to its sender (RFC 5321 §4.5.4.1). Immutable, and a function of its arguments alone: the jitter comes from the ref's
/// id and the attempt, so that a replay gives the times that the first run gave.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The interval after the first attempt.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>By what the interval grows with each attempt, 1 to 100.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>The longest interval, before jitter.</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How far an interval may deviate, as a fraction of it, either way: 0 to 0.5.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>How long after its acceptance a ref is given up.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(5);

    /// <summary>How long after its acceptance the sender is told of a delay, once; null: never.</summary>
    public TimeSpan? DelayWarning { get; init; }

    /// <summary>What is wrong with the values, one sentence each; empty for a policy that can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (FirstRetry <= TimeSpan.Zero) yield return "the first retry must come after more than zero time";
        if (Factor is not (>= 1 and <= 100)) yield return "the factor must be from 1 to 100";
        if (MaxInterval < FirstRetry) yield return "the longest interval must not be shorter than the first";
        if (Jitter is not (>= 0 and <= 0.5)) yield return "the jitter must be from 0 to 0.5";
        if (Expiry <= TimeSpan.Zero) yield return "the expiry must be more than zero time";
        if (DelayWarning is { } warning && (warning <= TimeSpan.Zero || warning >= Expiry))
            yield return "the delay warning must come after more than zero time and before the expiry";
    }

    /// <summary>The interval after an attempt, from 1, before jitter.</summary>
    public TimeSpan IntervalAfter(int attempt)
    {
        var ticks = FirstRetry.Ticks * Math.Pow(Factor, Math.Max(attempt, 1) - 1);
        return ticks < MaxInterval.Ticks ? new TimeSpan((long)ticks) : MaxInterval;
    }

    /// <summary>When a ref whose attempt just failed is tried again; null where its time is over.</summary>
    /// <param name="id">The ref.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="acceptedAt">When the message was accepted.</param>
    /// <param name="now">When the attempt failed.</param>
    public DateTimeOffset? Next(RefId id, int attempt, DateTimeOffset acceptedAt, DateTimeOffset now)
    {
        var end = acceptedAt + Expiry;
        if (now >= end) return null;

        var interval = IntervalAfter(attempt);
        var due = now + interval * (1 + Jitter * (2 * StableHash.Fraction(id, attempt) - 1));
        // The last attempt is made at the expiry itself, not up to an interval before it.
        return due < end ? due : end;
    }

    /// <summary>True where the sender should be told of the delay, if that has not been done.</summary>
    public bool IsDelayWarningDue(DateTimeOffset acceptedAt, DateTimeOffset now) =>
        DelayWarning is { } warning && now - acceptedAt >= warning;

    /// <summary>All attempts that a ref gets, without jitter and where each fails at once: the first at zero, the last at the expiry.</summary>
    public IEnumerable<ScheduledAttempt> Attempts()
    {
        var after = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            yield return new ScheduledAttempt(attempt, after, IsLast: after >= Expiry);
            if (after >= Expiry) yield break;
            var next = after + IntervalAfter(attempt);
            after = next < Expiry ? next : Expiry;
        }
    }
}

/// <summary>One attempt of a schedule.</summary>
/// <param name="Attempt">Which, from 1.</param>
/// <param name="After">How long after the acceptance.</param>
/// <param name="IsLast">A ref that is deferred by this attempt is returned.</param>
public readonly record struct ScheduledAttempt(int Attempt, TimeSpan After, bool IsLast);
