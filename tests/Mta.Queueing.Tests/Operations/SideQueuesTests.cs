using Mta.Queueing.Intake;
using Mta.Queueing.Operations;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Mail with a route of its own waits beside its domain's: in a queue of the same partition, whose name leads back.</summary>
public sealed class SideQueuesTests
{
    [Fact]
    public void Each_route_has_a_queue_beside_each_lane_in_the_same_partition()
    {
        var sides = new SideQueues();
        var partitions = new PartitionMap(64);
        foreach (var main in new[] { new QueueKey("example.com"), new QueueKey("example.com", 63), new QueueKey("[192.0.2.1]") })
        {
            var (one, two) = (sides.Of(main, "a.test:25"), sides.Of(main, "mx"));
            Assert.Equal(3, new[] { main, one, two }.Distinct().Count());
            Assert.Equal((main, main), (one.Main, two.Main));
            Assert.Equal((one, main), (sides.Of(one.Main, "a.test:25"), sides.Of(one.Main, "")));
            Assert.Equal(("a.test:25", "mx", ""), (sides.RouteOf(one), sides.RouteOf(two), sides.RouteOf(main)));
            Assert.Equal(partitions.PartitionOf(main), partitions.PartitionOf(two));
            Assert.Equal(two, QueueKey.Parse(two.ToString()));
        }
    }

    [Fact]
    public void The_name_says_beside_which()
    {
        Assert.Equal("example.com#3>2", new QueueKey("example.com", 3).Beside(2).ToString());
        Assert.Equal("example.com>1", new QueueKey("example.com").Beside(1).ToString());
        Assert.Equal(new QueueKey("example.com", 3).Beside(2), new QueueKey("example.com", 3).Beside(1).Beside(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QueueKey("example.com").Beside(QueueKey.MaxSides + 1));
    }
}
