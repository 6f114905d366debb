using System.ComponentModel.DataAnnotations;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

/// <summary>The queues: how many partitions, how mail is retried, and what differs for single domains.</summary>
public sealed class QueueOptions : IOptionsCheck
{
    /// <summary>Partitions that the domain queues are spread over. Fixed when the database is created.</summary>
    [Range(1, 1024)]
    public int Partitions { get; set; } = 64;

    /// <summary>When deferred mail is tried again, and how long.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>What differs for single domains, by domain name in lower case.</summary>
    public Dictionary<string, DomainQueueOptions> Domains { get; set; } = [];

    /// <summary>How often a partition looks in the spool for mail whose announcement was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How far before the last look the next one begins: covers late commits and clock differences between nodes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ReconcileLookBack { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Younger mail is left to its announcement.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ReconcileMinAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often what lost nodes left in the spool is removed.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "7.00:00:00")]
    public TimeSpan SweepEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What is left in the spool by a lost node is removed at this age.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SweepOlderThan { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Announcements that wait for their partition on the accepting node, in refs; more are dropped, and found by the next look in the spool.</summary>
    [Range(100, 1_000_000)]
    public int MaxPendingHints { get; set; } = 20_000;

    /// <summary>Ready refs of one domain queue that keep their envelope in memory; the others are read when they are due for delivery.</summary>
    [Range(10, 1_000_000)]
    public int MaxEnvelopesInMemory { get; set; } = 5_000;

    /// <summary>Outcomes of deliveries that one partition records in one transaction, at most.</summary>
    [Range(1, 10_000)]
    public int MaxSettlementBatch { get; set; } = 500;

    /// <summary>A domain queue that has been empty for so long leaves the memory; one all of whose mail waits, and none of it for less than this, goes dormant and takes much less.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Attempts that are kept of each destination of a queued message, for operators to look at; the latest. 0 keeps none.</summary>
    [Range(0, 1000)]
    public int AttemptsKept { get; set; } = 50;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in Retry.Check())
            yield return problem with { Key = $"retry.{problem.Key}" };
        foreach (var (domain, options) in Domains)
        {
            if (!string.Equals(domain, domain.ToLowerInvariant(), StringComparison.Ordinal))
                yield return new OptionProblem($"domains.{domain}", "domain names are written in lower case");
            else if (!DomainPattern.IsValid(domain))
                yield return new OptionProblem($"domains.{domain}", "expected a domain in A-labels, *. and a domain, or an address literal in brackets");
            foreach (var problem in options.Apply(Retry).Check())
                yield return problem with { Key = $"domains.{domain}.{problem.Key}" };
        }
        if (ReconcileLookBack <= ReconcileMinAge)
            yield return new OptionProblem("reconcileLookBack", "must be longer than reconcileMinAge");
    }
}
