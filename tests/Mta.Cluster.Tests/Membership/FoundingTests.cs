using System.Diagnostics;
using Mta.Cluster.Leases;
using Mta.Cluster.Membership;
using Mta.Cluster.Tests.Spool;
using Mta.Testing;
using Xunit;

namespace Mta.Cluster.Tests.Membership;

/// <summary>Nodes on one PostgreSQL that come into one cluster, whatever happens first.</summary>
[Collection("postgres")]
public sealed class FoundingTests(SharedPostgres shared) : IAsyncLifetime
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
    [InlineData("012")]
    [InlineData("210")]
    [InlineData("120")]
    public async Task Three_nodes_form_one_cluster_in_whatever_order_they_start(string order)
    {
        var ports = Ports(3);
        foreach (var index in order)
            await StartAsync(ports[index - '0'], ports);
        await UpAsync(3);
        Assert.Single(_nodes, n => n.Log.All.Any(l => l.Contains("founding the cluster", StringComparison.Ordinal)));
        Assert.Equal($"mta@127.0.0.1:{ports[0]}", (await FoundingAsync())!.Owner.Split('#')[0]);
    }

    [Fact]
    public async Task No_other_node_founds()
    {
        var ports = Ports(3);
        await StartAsync(ports[1], ports);
        await StartAsync(ports[2], ports);
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken);
        Assert.All(_nodes, n => Assert.Empty(n.Up));
        Assert.Null(await FoundingAsync());
        await StartAsync(ports[0], ports);
        await UpAsync(3);
    }

    [Fact]
    public async Task A_founder_that_comes_back_and_does_not_reach_the_others_founds_no_second_cluster()
    {
        var ports = Ports(3);
        foreach (var port in ports)
            await StartAsync(port, ports);
        await UpAsync(3);
        var founder = _nodes[0];
        await founder.KillAsync();
        _nodes.Remove(founder);

        // The same address again; the way to the others leads nowhere, and theirs to it is cut as well because the cluster takes its former life for the member.
        var nowhere = Ports(2);
        var back = await StartAsync(ports[0], [ports[0], .. nowhere]);
        await Eventually.IsSoAsync(() => back.Log.All.Any(l => l.Contains("founding no cluster", StringComparison.Ordinal)), () => "it did not try");
        // Longer than the lease is held without a renewal, and than the others take to remove the member.
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Empty(back.Up);
        Assert.Equal([.. new[] { $"127.0.0.1:{ports[1]}", $"127.0.0.1:{ports[2]}" }.Order()], _nodes[0].Up);
        Assert.All(_nodes.Where(n => n != back), n => Assert.DoesNotContain(n.Log.All, l => l.Contains("another cluster", StringComparison.Ordinal)));
        await founder.DisposeAsync();
    }

    [Fact]
    public async Task After_all_have_left_it_founds_again_at_once()
    {
        var ports = Ports(2);
        await StartAsync(ports[0], ports);
        await StartAsync(ports[1], ports);
        await UpAsync(2);
        // The founder leaves first: the lease is not its own.
        await StopAsync(_nodes[0]);
        Assert.NotNull(await FoundingAsync());
        await StopAsync(_nodes[0]);
        Assert.Null(await FoundingAsync());

        var watch = Stopwatch.StartNew();
        await StartAsync(ports[0], ports);
        await UpAsync(1);
        TestContext.Current.TestOutputHelper!.WriteLine($"founded {watch.Elapsed.TotalSeconds:F1} s after the start");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task After_all_have_died_it_founds_again_when_the_lease_has_ended()
    {
        var ports = Ports(2);
        await StartAsync(ports[0], ports);
        await StartAsync(ports[1], ports);
        await UpAsync(2);
        var dead = _nodes.ToList();
        _nodes.Clear();
        foreach (var node in dead)
            await node.KillAsync();

        var watch = Stopwatch.StartNew();
        await StartAsync(ports[0], ports);
        await UpAsync(1);
        TestContext.Current.TestOutputHelper!.WriteLine($"founded {watch.Elapsed.TotalSeconds:F1} s after the start");
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(18));
        foreach (var node in dead)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task Two_nodes_without_seeds_do_not_share_a_database()
    {
        var ports = Ports(2);
        await StartAsync(ports[0]);
        await UpAsync(1);
        var second = await StartAsync(ports[1]);
        await Eventually.IsSoAsync(() => second.Log.All.Any(l => l.Contains("founding no cluster", StringComparison.Ordinal)), () => "it did not try");
        Assert.Empty(second.Up);
    }

    private static int[] Ports(int count) => [.. Enumerable.Range(0, count).Select(_ => Loopback.FreePort())];

    private async Task<ClusterNode> StartAsync(int port, params int[] seeds)
    {
        var node = new ClusterNode(_database.Options(), ClusterNode.Options(port, seeds));
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    private async Task StopAsync(ClusterNode node)
    {
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    private Task UpAsync(int count) => Eventually.IsSoAsync(
        () => _nodes.Count == count && _nodes.TrueForAll(n => n.Up.Count == count),
        () => string.Join('\n', _nodes.SelectMany(n => n.Log.All.TakeLast(20))));

    private async Task<LeaseRow?> FoundingAsync()
    {
        await using var store = SqlLeaseStore.Create(_database.Options(), "");
        return await store.ReadAsync(FoundingLease.Name, TestContext.Current.CancellationToken);
    }
}
