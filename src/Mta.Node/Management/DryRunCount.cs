using Mta.Cluster.Operations;

namespace Mta.Node.Management;

/// <summary>How much queued mail an order would concern that was not given.</summary>
/// <param name="Refs">How many refs: a message has one for each destination domain.</param>
/// <param name="Queues">In how many queues they stand.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
internal sealed record DryRunCount(long Refs, int Queues, IReadOnlyList<int> SilentPartitions)
{
    /// <summary>What was counted.</summary>
    public static DryRunCount Of(MailCount count) => new(count.Refs, count.Queues, count.SilentPartitions);
}
