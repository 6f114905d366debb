using Mta.Queueing;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Queues;

/// <summary>Which partitions the mail of a domain comes into.</summary>
/// <param name="partitions">The partitions.</param>
/// <param name="lanes">How many lanes a domain has.</param>
internal sealed class QueuePlaces(PartitionMap partitions, DomainTable<int> lanes)
{
    /// <summary>The most lanes of a domain, in whatever configuration there was.</summary>
    public const int MostLanes = 64;

    /// <summary>True where one of the domain's lanes is in the partition.</summary>
    public bool IsIn(string domain, int partition)
    {
        for (var lane = 0; lane < lanes.For(domain); lane++)
        {
            if (partitions.PartitionOf(new QueueKey(domain, lane)) == partition)
                return true;
        }
        return false;
    }
}
