using Mta.Cluster.Membership;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>What follows from seeds, and from a pod's name.</summary>
public sealed class ClusterPlaceTests
{
    private static readonly string[] Seeds = ["192.0.2.1:4053", "192.0.2.2:4053", "192.0.2.3:4053"];

    [Theory]
    [InlineData("mta-0", true, "mta-1.mta-nodes:4053 mta-2.mta-nodes:4053")]
    [InlineData("mta-2", false, "mta-0.mta-nodes:4053 mta-1.mta-nodes:4053")]
    [InlineData("mta-17", false, "mta-0.mta-nodes:4053 mta-1.mta-nodes:4053 mta-2.mta-nodes:4053")]
    public void A_pod_knows_its_place_by_its_name(string pod, bool founds, string others)
    {
        var place = ClusterPlace.Of(new ClusterOptions { StatefulSet = new() { Service = "mta-nodes", PodName = pod } });
        Assert.Equal($"{pod}.mta-nodes", place.PublicHost);
        Assert.Equal(founds, place.Founds);
        Assert.Equal(others.Split(' '), place.OtherSeeds);
    }

    [Fact]
    public void A_set_of_one_seed_is_founded_by_its_first_pod_without_asking_anybody()
    {
        var place = ClusterPlace.Of(new ClusterOptions { StatefulSet = new() { Service = "mta-nodes", Seeds = 1, PodName = "my-mta-0" } });
        Assert.True(place is { Founds: true, IsAlone: true, PublicHost: "my-mta-0.mta-nodes" });
    }

    [Theory]
    [InlineData("192.0.2.1", "", true, 2)]
    [InlineData("0.0.0.0", "192.0.2.1", true, 2)]
    [InlineData("192.0.2.2", "", false, 2)]
    [InlineData("192.0.2.9", "", false, 3)]
    public void The_first_seed_founds(string host, string publicHost, bool founds, int others)
    {
        var place = ClusterPlace.Of(new ClusterOptions { Host = host, PublicHost = publicHost, Seeds = [.. Seeds] });
        Assert.Equal(founds, place.Founds);
        Assert.Equal(others, place.OtherSeeds.Length);
    }

    [Fact]
    public void A_node_without_seeds_founds_a_cluster_of_its_own() =>
        Assert.True(ClusterPlace.Of(new ClusterOptions()) is { Founds: true, IsAlone: true, PublicHost: "127.0.0.1" });

    [Theory]
    [InlineData("mta", null)]
    [InlineData("mta-", null)]
    [InlineData("mta-x1", null)]
    [InlineData("-1", null)]
    [InlineData("my-mta-12", 12)]
    public void An_ordinal_is_a_number_at_the_end(string name, int? ordinal) => Assert.Equal(ordinal, PodOrdinal.Parse(name)?.Ordinal);

    [Fact]
    public void What_does_not_go_together_is_said()
    {
        Assert.Equal("podName", Assert.Single(new StatefulSetOptions { Service = "mta-nodes", PodName = "mta" }.Check()).Key);
        Assert.Equal("service", Assert.Single(new StatefulSetOptions { Service = "mta nodes", PodName = "mta-0" }.Check()).Key);
        Assert.Empty(new StatefulSetOptions { PodName = "mta" }.Check());
        var both = new ClusterOptions { Seeds = [.. Seeds], StatefulSet = new() { Service = "mta-nodes", PodName = "mta-0" } };
        Assert.Equal("seeds", Assert.Single(both.Check()).Key);
        Assert.Equal("publicHost", Assert.Single(new ClusterOptions { Host = "0.0.0.0", Seeds = [.. Seeds] }.Check()).Key);
        Assert.Equal("port", Assert.Single(new ClusterOptions { Port = 0, StatefulSet = new() { Service = "mta-nodes", PodName = "mta-0" } }.Check()).Key);
    }
}
