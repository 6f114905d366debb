using Akka.Configuration;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>What the options become in Akka's settings.</summary>
public sealed class AkkaSettingsTests
{
    private const string Strategy = "akka.cluster.split-brain-resolver.active-strategy";
    private const string UseLease = "akka.cluster.sharding.use-lease";

    [Fact]
    public void A_node_with_a_database_of_its_own_takes_no_leases()
    {
        var config = Of(new ClusterOptions(), JournalDatabaseKind.Sqlite);
        Assert.Equal("keep-majority", config.GetString(Strategy));
        Assert.Equal("", config.GetString(UseLease, ""));
    }

    [Theory]
    [InlineData(JournalDatabaseKind.PostgreSql)]
    [InlineData(JournalDatabaseKind.SqlServer)]
    public void On_a_shared_database_leases_decide(JournalDatabaseKind kind)
    {
        var config = Of(new ClusterOptions(), kind);
        Assert.Equal("lease-majority", config.GetString(Strategy));
        Assert.Equal("mta.lease.downing", config.GetString("akka.cluster.split-brain-resolver.lease-majority.lease-implementation"));
        Assert.Equal("mta.lease.shards", config.GetString(UseLease));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("mta.lease.shards.heartbeat-timeout"));
        Assert.Equal(TimeSpan.FromSeconds(5.4), config.GetTimeSpan("mta.lease.downing.heartbeat-timeout"));
    }

    [Fact]
    public void Where_the_majority_is_to_decide_shards_are_held_by_leases_all_the_same()
    {
        var config = Of(new ClusterOptions { Downing = DowningStrategy.KeepMajority }, JournalDatabaseKind.PostgreSql);
        Assert.Equal("keep-majority", config.GetString(Strategy));
        Assert.Equal("mta.lease.shards", config.GetString(UseLease));
    }

    [Fact]
    public void Who_holds_the_right_to_down_others_and_dies_has_lost_it_when_the_others_decide()
    {
        var options = new ClusterOptions { HeartbeatPause = TimeSpan.FromSeconds(9), StableAfter = TimeSpan.FromSeconds(11), LeaseTime = TimeSpan.FromSeconds(60) };
        var config = Of(options, JournalDatabaseKind.PostgreSql);
        Assert.True(config.GetTimeSpan("mta.lease.downing.heartbeat-timeout") < options.HeartbeatPause + options.StableAfter);
        Assert.Equal(options.HeartbeatPause, config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal(options.StableAfter, config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after"));
    }

    [Fact]
    public void No_connection_string_becomes_part_of_the_settings() =>
        Assert.DoesNotContain("secret", Of(new ClusterOptions(), JournalDatabaseKind.PostgreSql).ToString(), StringComparison.Ordinal);

    private static Config Of(ClusterOptions options, JournalDatabaseKind kind) =>
        AkkaSettings.Of(new ClusterSettings("mx.example.org", options, new QueueOptions(), new JournalDatabase(kind, "Host=db;Password=secret")));
}
