using System.Diagnostics;
using Akka.Coordination;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Leases;
using Mta.Cluster.Tests.Spool;
using Mta.Tests.Shared;
using Xunit;

namespace Mta.Cluster.Tests.Leases;

/// <summary>Akka's lease while the PostgreSQL server stops; on a server of its own.</summary>
[Collection("postgres outage")]
public sealed class PostgreSqlLeaseOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(1);
    private PostgresServer _server = null!;
    private PostgreSqlHarness _harness = null!;
    private LeaseKeeper _keeper = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.Binaries is null, "PostgreSQL is not installed here.");
        _server = await PostgresServer.StartAsync();
        _harness = await PostgreSqlHarness.CreateAsync(_server.ConnectionString);
        await (await _harness.OpenAsync()).DisposeAsync();
        _keeper = new LeaseKeeper(SqlLeaseStore.Create(_harness.Options(), _harness.Directory), TimeProvider.System, NullLogger<LeaseKeeper>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        await _keeper.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_holder_is_told_before_its_lease_ends()
    {
        var lease = Lease(waits: false);
        var lost = new TaskCompletionSource<Exception>();
        Assert.True(await lease.Acquire(lost.SetResult));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        Assert.True(lease.CheckLease());
        await _server.StopAsync();

        // Renewed at the latest just before the server's end.
        var watch = Stopwatch.StartNew();
        Assert.IsType<LeaseLostException>(await lost.Task.WaitAsync(LeaseTime));
        Assert.False(lease.CheckLease());
        TestContext.Current.TestOutputHelper!.WriteLine($"told {watch.Elapsed.TotalSeconds:F2} s after the server's end; lease time {LeaseTime.TotalSeconds} s");
    }

    [Fact]
    public async Task Taking_and_giving_back_fail_in_time_and_work_when_it_is_back()
    {
        var lease = Lease(waits: false);
        await _server.StopAsync();
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<LeaseException>(() => lease.Acquire());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, OperationTimeout + TimeSpan.FromSeconds(2));

        await _server.StartAgainAsync();
        Assert.True(await lease.Acquire());
        await _server.StopAsync();
        await Assert.ThrowsAsync<LeaseException>(() => lease.Release());
        Assert.False(lease.CheckLease());
        await _server.StartAgainAsync();
        Assert.True(await lease.Release());
        Assert.True(await Lease(waits: false, owner: "other").Acquire());
    }

    [Fact]
    public async Task A_lease_that_waits_goes_on_when_the_server_is_back()
    {
        var lease = Lease(waits: true);
        Exception? lost = null;
        Assert.True(await lease.Acquire(e => lost = e));
        await _server.StopAsync();
        await Task.Delay(LeaseTime, TestContext.Current.CancellationToken);
        Assert.False(lease.CheckLease());
        Assert.False(_keeper.IsSure);

        await _server.StartAgainAsync();
        await Eventually.IsSoAsync(() => lease.CheckLease() && _keeper.IsSure, () => "the lease was not renewed");
        Assert.Null(lost);
    }

    [Fact]
    public async Task Giving_back_and_taking_at_the_same_time_leaves_it_taken()
    {
        var lease = Lease(waits: false);
        Assert.True(await lease.Acquire());
        var done = await Task.WhenAll(lease.Release(), lease.Acquire());
        Assert.Equal([true, true], done);
        Assert.True(lease.CheckLease());
        Assert.False(await Lease(waits: false, owner: "other").Acquire());
    }

    private SqlLease Lease(bool waits, string owner = "me")
    {
        var config = AkkaSettings.Of(
            ("heartbeat-timeout", "3s"), ("heartbeat-interval", "500ms"), ("lease-operation-timeout", "1s"), (LeaseTerms.WaitsKey, waits ? "on" : "off"));
        return new SqlLease(LeaseSettings.Create(config, "x", owner), _keeper);
    }
}
