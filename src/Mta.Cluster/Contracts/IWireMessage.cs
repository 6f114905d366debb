using Mta.Queueing;

namespace Mta.Cluster.Contracts;

/// <summary>A message that may travel between nodes: it has a manifest, a protobuf form and a golden file.</summary>
public interface IWireMessage;

/// <summary>A message for one partition, by way of the partitions' shard region.</summary>
public interface IPartitionMessage : IWireMessage
{
    /// <summary>The partition, from 0.</summary>
    int Partition { get; }
}

/// <summary>A message for one domain queue, by way of its partition.</summary>
public interface IQueueMessage : IPartitionMessage
{
    /// <summary>The domain queue.</summary>
    QueueKey Queue { get; }
}

/// <summary>A message for one site, by way of the sites' shard region.</summary>
public interface ISiteMessage : IWireMessage
{
    /// <summary>The site's name.</summary>
    string Site { get; }
}
