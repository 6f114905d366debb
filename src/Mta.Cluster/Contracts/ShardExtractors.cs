using System.Globalization;
using Akka.Cluster.Sharding;

namespace Mta.Cluster.Contracts;

/// <summary>How messages find their entity in the shard regions. The same on all nodes, for ever.</summary>
public static class ShardExtractors
{
    /// <summary>The partitions' entity type.</summary>
    public const string PartitionType = "partitions";

    /// <summary>The sites' entity type.</summary>
    public const string SiteType = "sites";

    private const int SiteShards = 100;

    /// <summary>For <see cref="IPartitionMessage"/>: entity and shard are the partition's number, so that each partition moves by itself.</summary>
    public static IMessageExtractor Partitions { get; } = new PartitionExtractor();

    /// <summary>For <see cref="ISiteMessage"/>: the entity is the site's name, the shard a hash of it.</summary>
    public static IMessageExtractor Sites { get; } = new SiteExtractor();

    private sealed class PartitionExtractor : IMessageExtractor
    {
        public string? EntityId(object message) => Id(message);

        public object? EntityMessage(object message) => message is IPartitionMessage ? message : null;

        public string? ShardId(object message) => Id(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;

        private static string? Id(object message) =>
            message is IPartitionMessage m ? m.Partition.ToString(CultureInfo.InvariantCulture) : null;
    }

    private sealed class SiteExtractor() : HashCodeMessageExtractor(SiteShards)
    {
        public override string? EntityId(object message) => message is ISiteMessage m ? m.Site : null;
    }
}
