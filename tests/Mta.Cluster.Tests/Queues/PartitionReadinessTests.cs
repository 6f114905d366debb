using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>When partitions that are not at work keep a node from being ready.</summary>
public sealed class PartitionReadinessTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void At_the_start_all_partitions_must_have_answered()
    {
        var readiness = new PartitionReadiness(4, _clock);
        Assert.Equal("4 of 4 partitions are not recovered yet", readiness.NotReadyBecause);
        readiness.Show(3);
        Assert.Equal("1 of 4 partitions are not recovered yet", readiness.NotReadyBecause);
        readiness.Show(4);
        Assert.Null(readiness.NotReadyBecause);
    }

    [Fact]
    public void While_partitions_move_a_node_stays_ready_but_not_for_ever()
    {
        var readiness = new PartitionReadiness(4, _clock);
        readiness.Show(4);
        readiness.Show(1);
        readiness.Show(2);
        _clock.Advance(PartitionReadiness.Patience - TimeSpan.FromSeconds(1));
        Assert.Null(readiness.NotReadyBecause);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("2 of 4 partitions are not recovered yet", readiness.NotReadyBecause);
        readiness.Show(4);
        Assert.Null(readiness.NotReadyBecause);
    }
}
