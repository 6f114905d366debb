namespace Mta.Cluster.Contracts;

/// <summary>Key of the partitions' shard region in the actor registry: takes every <see cref="IPartitionMessage"/>.</summary>
public sealed class PartitionRegion
{
    private PartitionRegion() { }
}

/// <summary>Key of the sites' shard region in the actor registry: takes every <see cref="ISiteMessage"/>.</summary>
public sealed class SiteRegion
{
    private SiteRegion() { }
}
