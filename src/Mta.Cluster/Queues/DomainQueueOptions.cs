using System.ComponentModel.DataAnnotations;

namespace Mta.Cluster.Queues;

/// <summary>What differs for one domain; what is not given is as for all.</summary>
public sealed class DomainQueueOptions
{
    /// <summary>Queues that the domain's mail is spread over, each in its own partition: for domains that are too much for one.</summary>
    [Range(1, 64)]
    public int Lanes { get; set; } = 1;

    /// <summary>From the first attempt to the second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan? First { get; set; }

    /// <summary>Each further wait is so many times the one before.</summary>
    [Range(1.0, 10.0)]
    public double? Factor { get; set; }

    /// <summary>No wait is longer than this.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "7.00:00:00")]
    public TimeSpan? Max { get; set; }

    /// <summary>Each wait is changed at random by up to this part of it.</summary>
    [Range(0.0, 0.5)]
    public double? Jitter { get; set; }

    /// <summary>A message that is not delivered at this age is returned to its sender.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "30.00:00:00")]
    public TimeSpan? Expire { get; set; }

    /// <summary>A message that is not delivered at this age has its sender told of the delay, once. 0: no such warning.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan? DelayWarning { get; set; }

    /// <summary>The domain's retry options: these over those of <paramref name="all"/>.</summary>
    public RetryOptions Apply(RetryOptions all) => new()
    {
        First = First ?? all.First,
        Factor = Factor ?? all.Factor,
        Max = Max ?? all.Max,
        Jitter = Jitter ?? all.Jitter,
        Expire = Expire ?? all.Expire,
        DelayWarning = DelayWarning ?? all.DelayWarning,
    };
}
