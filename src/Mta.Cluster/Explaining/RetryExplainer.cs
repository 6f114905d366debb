using System.Collections.Immutable;
using System.Globalization;
using Mta.Cluster.Queues;
using Mta.Queueing;
using Mta.Queueing.Schedule;

namespace Mta.Cluster.Explaining;

/// <summary>A domain's retry schedule, and where each of its values comes from. Pure.</summary>
internal sealed class RetryExplainer(QueueOptions options)
{
    private const int Shown = 100;

    private readonly DomainTable<string> _patterns = new("", options.Domains.Keys.Select(pattern => KeyValuePair.Create(pattern, pattern)));

    /// <summary>How many lanes the domain has.</summary>
    public int LanesOf(string domain) => OwnOf(domain)?.Lanes ?? 1;

    /// <summary>The schedule.</summary>
    public ExplainedRetry Of(string domain)
    {
        var own = OwnOf(domain);
        var policy = QueueHosting.PolicyOf(own?.Apply(options.Retry) ?? options.Retry);
        return new ExplainedRetry(
            Values(_patterns.For(domain), own, policy),
            [.. policy.Attempts().Take(Shown).Select(a => new ExplainedAttempt(a.Attempt, a.After.TotalSeconds, a.IsLast))]);
    }

    private DomainQueueOptions? OwnOf(string domain) => _patterns.For(domain) is { Length: > 0 } pattern ? options.Domains[pattern] : null;

    private static ImmutableArray<ExplainedValue> Values(string pattern, DomainQueueOptions? own, RetryPolicy policy)
    {
        return
        [
            Value("first", ScheduleText.Duration(policy.FirstRetry), own?.First is not null),
            Value("factor", policy.Factor.ToString(CultureInfo.InvariantCulture), own?.Factor is not null),
            Value("max", ScheduleText.Duration(policy.MaxInterval), own?.Max is not null),
            Value("jitter", policy.Jitter.ToString(CultureInfo.InvariantCulture), own?.Jitter is not null),
            Value("expire", ScheduleText.Duration(policy.Expiry), own?.Expire is not null),
            Value("delayWarning", ScheduleText.Duration(policy.DelayWarning ?? TimeSpan.Zero), own?.DelayWarning is not null),
        ];

        ExplainedValue Value(string name, string value, bool isOwn) => new(name, value, isOwn ? $"queues.domains.{pattern}.{name}" : $"queues.retry.{name}");
    }
}
