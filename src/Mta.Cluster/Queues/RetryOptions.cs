using System.ComponentModel.DataAnnotations;

namespace Mta.Cluster.Queues;

/// <summary>When deferred mail is tried again, and how long.</summary>
public sealed class RetryOptions : IOptionsCheck
{
    /// <summary>From the first attempt to the second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan First { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Each further wait is so many times the one before.</summary>
    [Range(1.0, 10.0)]
    public double Factor { get; set; } = 2;

    /// <summary>No wait is longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "7.00:00:00")]
    public TimeSpan Max { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Each wait is changed at random by up to this part of it, so that mail deferred together does not return together.</summary>
    [Range(0.0, 0.5)]
    public double Jitter { get; set; } = 0.1;

    /// <summary>A message that is not delivered at this age is returned to its sender.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "30.00:00:00")]
    public TimeSpan Expire { get; set; } = TimeSpan.FromDays(5);

    /// <summary>A message that is not delivered at this age has its sender told of the delay, once. 0: no such warning.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan DelayWarning { get; set; } = TimeSpan.Zero;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (Max < First)
            yield return new OptionProblem("max", "must not be shorter than first");
        if (Expire < First)
            yield return new OptionProblem("expire", "must not be shorter than first");
        if (DelayWarning > TimeSpan.Zero && DelayWarning >= Expire)
            yield return new OptionProblem("delayWarning", "must be shorter than expire");
    }
}
