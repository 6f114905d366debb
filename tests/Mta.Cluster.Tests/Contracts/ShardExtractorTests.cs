using Mta.Cluster.Contracts;
using Xunit;

namespace Mta.Cluster.Tests.Contracts;

/// <summary>Where messages go in the shard regions: nodes of different versions must agree, so these values never change.</summary>
public sealed class ShardExtractorTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(63, "63")]
    [InlineData(1023, "1023")]
    public void A_partition_is_its_own_entity_and_its_own_shard(int partition, string id)
    {
        var message = new WakePartition(partition);
        Assert.Equal(id, ShardExtractors.Partitions.EntityId(message));
        Assert.Equal(id, ShardExtractors.Partitions.ShardId(id, message));
        Assert.Same(message, ShardExtractors.Partitions.EntityMessage(message));
    }

    [Theory]
    [InlineData("smtp:mx1.example:25,mx2.example:25", "69")]
    [InlineData("smtp:gmail-smtp-in.l.google.com:25", "70")]
    [InlineData("maildir:/var/mail/x", "19")]
    [InlineData("", "89")]
    public void A_sites_shard_is_a_hash_of_its_name_that_never_changes(string site, string shard)
    {
        var message = new WorkTaken(site, new("example.com"), 1, 0, 0);
        Assert.Equal(site, ShardExtractors.Sites.EntityId(message));
        Assert.Equal(shard, ShardExtractors.Sites.ShardId(site, message));
        Assert.Same(message, ShardExtractors.Sites.EntityMessage(message));
    }

    [Fact]
    public void What_is_for_nobody_there_is_not_taken()
    {
        Assert.Null(ShardExtractors.Partitions.EntityId("text"));
        Assert.Null(ShardExtractors.Sites.EntityId("text"));
        Assert.Null(ShardExtractors.Partitions.EntityId(new CloseConnection(1)));
    }

    [Fact]
    public void Entity_types_never_change()
    {
        Assert.Equal("partitions", ShardExtractors.PartitionType);
        Assert.Equal("sites", ShardExtractors.SiteType);
    }
}
