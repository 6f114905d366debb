using System.Collections.Immutable;

namespace Mta.Queueing.Operations;

/// <summary>All that operators have ordered, as one value: what stands, and the last jobs.</summary>
/// <param name="Suspensions">The suspensions.</param>
/// <param name="Jobs">The jobs, oldest first.</param>
public sealed record LedgerState(SuspensionSet Suspensions, ImmutableArray<JobRecord> Jobs)
{
    /// <summary>The most jobs that run at once; fewer than a partition remembers (<see cref="PartitionJobs.Remembered"/>).</summary>
    public const int MaxRunning = 20;

    /// <summary>How many ended jobs are kept to be looked at.</summary>
    public const int MaxEnded = 100;

    /// <summary>How many of the suspensions and routes that were ended last are remembered.</summary>
    public const int MaxLifted = 50;

    /// <summary>
    /// Ids of suspensions and standing routes that were ended, the last ones. Whoever ended one may not have heard of it, because the ledger was about to move: then the order comes again, and is no mistake.
    /// </summary>
    public ImmutableArray<string> Lifted { get; init; } = [];

    /// <summary>The standing holds and routes.</summary>
    public RuleSet Rules { get; init; } = RuleSet.None;

    /// <summary>Before the first order.</summary>
    public static LedgerState None { get; } = new(SuspensionSet.None, []);

    /// <summary>The jobs that have not ended, oldest first.</summary>
    public IEnumerable<JobRecord> Running => Jobs.Where(record => record.EndedAt is null);

    /// <summary>The job; null where it is not known.</summary>
    public JobRecord? Find(string id) => Jobs.FirstOrDefault(record => record.Job.Id == id);

    /// <summary>The state with a job more; null where there are too many.</summary>
    public LedgerState? With(MessageJob job) =>
        Running.Count() < MaxRunning ? this with { Jobs = Jobs.Add(new JobRecord(job, null, 0)) } : null;

    /// <summary>The state with a standing hold more, and the job that holds what is queued already; null where there are too many of either.</summary>
    public LedgerState? With(HoldRule rule) =>
        Rules.With(rule) is { } rules ? (this with { Rules = rules }).With(new MessageJob(rule.Id, JobAction.Hold, rule.Filter, rule.Reason, rule.Since, rule.By, Rule: rule.Id)) : null;

    /// <summary>The state without a standing hold, and with the job that releases what it held; null where there are too many jobs.</summary>
    /// <param name="rule">The hold, which stands.</param>
    /// <param name="job">The job's id.</param>
    /// <param name="at">When it ended.</param>
    /// <param name="by">Who ended it; empty for its time.</param>
    public LedgerState? Without(HoldRule rule, string job, DateTimeOffset at, string by) =>
        (this with { Rules = Rules.WithoutHold(rule.Id) }).With(new MessageJob(job, JobAction.Release, MessageFilter.All, "", at, by, Rule: rule.Id));

    /// <summary>The state without a suspension; null where it does not stand.</summary>
    public LedgerState? WithoutSuspension(string id, DateTimeOffset now) =>
        Suspensions.Without(id, now) is { } kept ? (this with { Suspensions = kept }).WithLifted(id) : null;

    /// <summary>The state without a standing route; null where it does not stand.</summary>
    public LedgerState? WithoutRoute(string id, DateTimeOffset now) => Rules.WithoutRoute(id, now) is { } kept ? (this with { Rules = kept }).WithLifted(id) : null;

    private LedgerState WithLifted(string id) => this with { Lifted = [.. Lifted.Skip(Lifted.Length - MaxLifted + 1), id] };

    /// <summary>The state in which a job has ended; the oldest of the ended ones go.</summary>
    public LedgerState Ended(string id, DateTimeOffset at, long count)
    {
        var jobs = Jobs.Select(record => record.Job.Id == id && record.EndedAt is null ? record with { EndedAt = at, Count = count } : record).ToImmutableArray();
        var tooMany = jobs.Count(record => record.EndedAt is not null) - MaxEnded;
        return this with { Jobs = jobs.RemoveAll(record => record.EndedAt is not null && tooMany-- > 0) };
    }
}
