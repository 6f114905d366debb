using System.Diagnostics;
using Mta.Cluster.Leases;
using Mta.Cluster.Tests.Spool;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>Three nodes on one PostgreSQL, of which one dies without a word.</summary>
[Collection("postgres")]
public sealed class NodeLossTests(SharedPostgres shared) : IAsyncLifetime
{
    private readonly List<ClusterNode> _nodes = [];
    private PostgreSqlHarness _database = null!;

    public async ValueTask InitializeAsync() => _database = await PostgreSqlHarness.CreateAsync(shared.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Its_partitions_are_at_work_elsewhere_within_twenty_seconds_and_not_before_its_leases_end(int victim)
    {
        await StartAsync(3);
        var owned = await OwnersAsync();
        Assert.Equal(ClusterNode.Partitions, owned.Count);
        var lost = owned.Where(o => o.Owner.EndsWith(_nodes[victim].Address, StringComparison.Ordinal)).Select(o => o.Name).ToList();
        Assert.InRange(lost.Count, 2, 3);

        var watch = Stopwatch.StartNew();
        await _nodes[victim].KillAsync();
        var dead = _nodes[victim];
        _nodes.RemoveAt(victim);
        await EventuallyAsync(async () => (await OwnersAsync()).All(o => !o.Owner.EndsWith(dead.Address, StringComparison.Ordinal)));
        var taken = watch.Elapsed;
        await EventuallyAsync(() => Task.FromResult(_nodes.TrueForAll(n => n.Up.Count == 2 && n.AwakePartitions == ClusterNode.Partitions)));
        TestContext.Current.TestOutputHelper!.WriteLine($"leases taken after {taken.TotalSeconds:F1} s, all partitions at work after {watch.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
        await dead.DisposeAsync();
    }

    [Fact]
    public async Task A_new_member_gets_its_share_within_seconds()
    {
        await StartAsync(1);
        var port = Loopback.FreePort();
        var second = new ClusterNode(_database.Options(), ClusterNode.Options(port, Port(_nodes[0])));
        _nodes.Add(second);
        var watch = Stopwatch.StartNew();
        await second.StartAsync();
        await EventuallyAsync(async () =>
            (await OwnersAsync()).Count(o => o.Owner.EndsWith(second.Address, StringComparison.Ordinal)) == ClusterNode.Partitions / 2
            && _nodes.TrueForAll(n => n.AwakePartitions == ClusterNode.Partitions));
        TestContext.Current.TestOutputHelper!.WriteLine($"half of the partitions at work on the new member after {watch.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    private static int Port(ClusterNode node) => int.Parse(node.Address[(node.Address.IndexOf(':', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static Task EventuallyAsync(Func<Task<bool>> condition) => Eventually.IsSoAsync(condition, () => "it did not come to that");

    private async Task StartAsync(int count)
    {
        var ports = Enumerable.Range(0, count).Select(_ => Loopback.FreePort()).ToArray();
        foreach (var port in ports)
            _nodes.Add(new ClusterNode(_database.Options(), ClusterNode.Options(port, ports)));
        foreach (var node in _nodes)
            await node.StartAsync();
        await EventuallyAsync(async () => _nodes.TrueForAll(n => n.Up.Count == count && n.IsReady) && await IsSpreadAsync(count));
    }

    private async Task<bool> IsSpreadAsync(int nodes) =>
        (await OwnersAsync()).GroupBy(o => o.Owner).Select(g => g.Count()).ToList() is var shares && shares.Count == nodes
        && shares.Sum() == ClusterNode.Partitions && shares.Max() - shares.Min() <= 1;

    // Who holds each partition's lease, as the database has it.
    private async Task<List<(string Name, string Owner)>> OwnersAsync()
    {
        await using var store = SqlLeaseStore.Create(_database.Options(), "");
        List<(string, string)> owners = [];
        for (var i = 0; i < ClusterNode.Partitions; i++)
        {
            var name = $"mta-shard-partitions-{i}";
            if (await store.ReadAsync(name, TestContext.Current.CancellationToken) is { } row)
                owners.Add((name, row.Owner));
        }
        return owners;
    }
}
