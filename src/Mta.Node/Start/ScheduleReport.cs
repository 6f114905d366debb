using Mta.Cluster.Queues;
using Mta.Node.Configuration;
using Mta.Queueing.Schedule;

namespace Mta.Node.Start;

/// <summary>When deferred mail is tried again: every attempt, for all domains and for each that is configured differently.</summary>
internal static class ScheduleReport
{
    /// <summary>The schedules with their titles.</summary>
    public static IEnumerable<(string Title, IEnumerable<string> Lines)> Of(QueueOptions options)
    {
        RetryPolicies policies = QueueHosting.PoliciesOf(options);
        yield return ($"Retry schedule, all domains{Jitter(policies.Default)}", Lines(policies.Default));
        foreach ((string domain, DomainQueueOptions own) in options.Domains)
        {
            RetryPolicy policy = QueueHosting.PolicyOf(own.Apply(options.Retry));
            string lanes = own.Lanes > 1 ? $", {own.Lanes} lanes" : "";
            yield return policy == policies.Default
                ? ($"Retry schedule, {domain}{lanes}", ["as for all domains"])
                : ($"Retry schedule, {domain}{lanes}{Jitter(policy)}", Lines(policy));
        }
    }

    private static string Jitter(RetryPolicy policy) => policy.Jitter > 0
        ? $" (each wait may be longer or shorter by {ScalarValue.Format(policy.Jitter, isSize: false)} of it)"
        : "";

    private static string[] Lines(RetryPolicy policy) => ScheduleText.Format(policy).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
