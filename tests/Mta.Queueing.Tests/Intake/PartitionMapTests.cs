using CsCheck;
using Mta.Queueing.Intake;

namespace Mta.Queueing.Tests.Intake;

public sealed class PartitionMapTests
{
    /// <summary>Golden: refs are stored by partition. Never edit an expected value; a failure means that stored mail would not be found.</summary>
    [Theory]
    [InlineData("example.com", 0, 25, 1433)]
    [InlineData("gmail.com", 0, 29, 2845)]
    [InlineData("gmail.com", 1, 53, 949)]
    [InlineData("gmail.com", 15, 34, 1954)]
    [InlineData("outlook.com", 0, 21, 2005)]
    [InlineData("xn--bcher-kva.example", 0, 59, 571)]
    [InlineData("[192.0.2.1]", 0, 58, 3770)]
    [InlineData("[IPv6:2001:db8::1]", 0, 62, 1150)]
    [InlineData("", 0, 38, 2342)]
    public void A_queue_stays_in_its_partition_for_ever(string domain, int lane, int of64, int of4096)
    {
        Assert.Equal(of64, new PartitionMap(64).PartitionOf(new QueueKey(domain, lane)));
        Assert.Equal(of4096, new PartitionMap(4096).PartitionOf(new QueueKey(domain, lane)));
    }

    [Fact]
    public void Letters_of_either_case_name_the_same_partition() =>
        Gen.String[Gen.Char.AlphaNumeric, 1, 30].Sample(domain =>
        {
            var map = new PartitionMap(4096);
            var lower = map.PartitionOf(new QueueKey(domain.ToLowerInvariant()));
            Assert.Equal(lower, map.PartitionOf(new QueueKey(domain.ToUpperInvariant())));
        });

    [Fact]
    public void Every_partition_is_within_the_count() =>
        Gen.Select(Gen.String, Gen.Int[0, 1000], Gen.Int[1, PartitionMap.MaxCount]).Sample((domain, lane, count) =>
            Assert.InRange(new PartitionMap(count).PartitionOf(new QueueKey(domain, lane)), 0, count - 1));

    [Fact]
    public void Domains_spread_evenly()
    {
        var map = new PartitionMap(64);
        var hits = new int[64];
        for (var i = 0; i < 64_000; i++) hits[map.PartitionOf(new QueueKey($"d{i}.example"))]++;

        // 1,000 expected in each; five standard deviations either way.
        Assert.All(hits, count => Assert.InRange(count, 840, 1160));
    }

    [Fact]
    public void Lanes_of_one_domain_spread()
    {
        var map = new PartitionMap(64);
        var partitions = Enumerable.Range(0, 16).Select(lane => map.PartitionOf(new QueueKey("gmail.com", lane))).Distinct();
        Assert.InRange(partitions.Count(), 10, 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(PartitionMap.MaxCount + 1)]
    public void A_count_out_of_range_is_refused(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => new PartitionMap(count));

    [Fact]
    public void Finding_a_partition_allocates_nothing()
    {
        var map = new PartitionMap(64);
        var key = new QueueKey("gmail.com", 12);
        map.PartitionOf(key);
        var before = GC.GetAllocatedBytesForCurrentThread();
        map.PartitionOf(key);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
