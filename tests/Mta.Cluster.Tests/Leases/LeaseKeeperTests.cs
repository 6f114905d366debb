using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Leases;
using Mta.Cluster.Tests.Receiving;
using Xunit;

namespace Mta.Cluster.Tests.Leases;

/// <summary>A keeper on a clock that the test moves, and a database on another clock that is eleven years off.</summary>
public sealed class LeaseKeeperTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LeaseTerms Terms = new(Time: Second * 10, RenewEvery: Second * 2, OperationTimeout: Second * 3);
    private readonly FakeTimeProvider _node = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeTimeProvider _database = new(new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LogLines _log = new();
    private readonly List<Exception> _lost = [];
    private readonly FakeLeaseStore _store;
    private readonly LeaseKeeper _keeper;

    public LeaseKeeperTests()
    {
        _store = new FakeLeaseStore(_database);
        _keeper = new LeaseKeeper(_store, _node, new LoggerFactory([_log]).CreateLogger<LeaseKeeper>());
    }

    public ValueTask DisposeAsync() => _keeper.DisposeAsync();

    [Fact]
    public async Task A_lease_is_renewed_as_long_as_the_database_answers()
    {
        var lease = await AcquireAsync("x", Terms);
        await PassAsync(Second * 60);
        Assert.True(_keeper.IsSureOf(lease));
        Assert.Null(await _store.AcquireAsync("x", "other", Second, default));
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task All_leases_of_a_node_are_renewed_in_one_statement()
    {
        for (var i = 0; i < 164; i++)
            await AcquireAsync($"lease-{i}", Terms);
        await PassAsync(Second * 9);
        Assert.Equal([164, 164, 164, 164], _store.Renewals);
    }

    [Fact]
    public async Task A_holder_is_told_before_another_can_have_it()
    {
        var lease = await AcquireAsync("x", Terms);
        await PassAsync(Second * 5);
        _store.IsAway = true;
        while (_lost.Count == 0)
        {
            // The other one reaches the database all the time.
            _store.IsAway = false;
            Assert.Null(await _store.AcquireAsync("x", "other", Second, default));
            _store.IsAway = true;
            await PassAsync(TimeSpan.FromMilliseconds(100));
        }
        _store.IsAway = false;
        Assert.False(_keeper.IsSureOf(lease));
        Assert.IsType<LeaseLostException>(Assert.Single(_lost));
        Assert.InRange((await _store.ReadAsync("x", default))!.Left, Second, Second * 4);
    }

    [Fact]
    public async Task A_renewal_that_hangs_is_no_renewal()
    {
        await AcquireAsync("x", Terms);
        _store.Hangs = true;
        await PassAsync(Second * 8.2);
        Assert.Single(_lost);
    }

    [Fact]
    public async Task A_short_outage_loses_nothing()
    {
        var lease = await AcquireAsync("x", Terms);
        await PassAsync(Second * 3);
        _store.IsAway = true;
        await PassAsync(Second * 5);
        _store.IsAway = false;
        await PassAsync(Second * 10);
        Assert.True(_keeper.IsSureOf(lease));
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task Who_waits_for_the_database_is_unsure_in_an_outage_and_goes_on_after_it()
    {
        var lease = await AcquireAsync("x", Terms with { WaitsForDatabase = true });
        Assert.True(_keeper.IsSure);
        _store.IsAway = true;
        await PassAsync(Second * 8.2);
        Assert.False(_keeper.IsSure);
        Assert.False(_keeper.IsSureOf(lease));
        await PassAsync(Second * 60);
        Assert.Empty(_lost);

        _store.IsAway = false;
        await PassAsync(Second);
        Assert.True(_keeper.IsSure);
        Assert.True(_keeper.IsSureOf(lease));
        Assert.Contains(_log.All, l => l.Contains("leases are unsure", StringComparison.Ordinal));
        Assert.Contains(_log.All, l => l.Contains("leases are sure again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_for_the_database_is_told_when_another_took_it_meanwhile()
    {
        await AcquireAsync("x", Terms with { WaitsForDatabase = true });
        _store.IsAway = true;
        await PassAsync(Second * 12);
        _store.IsAway = false;
        Assert.NotNull(await _store.AcquireAsync("x", "other", Second * 60, default));
        await PassAsync(Second);
        Assert.Single(_lost);
        Assert.True(_keeper.IsSure);
    }

    [Fact]
    public async Task A_released_lease_is_free_at_once_and_is_not_renewed()
    {
        var lease = await AcquireAsync("x", Terms);
        await _keeper.ReleaseAsync(lease);
        Assert.False(_keeper.IsSureOf(lease));
        Assert.NotNull(await _store.AcquireAsync("x", "other", Second * 60, default));
        await PassAsync(Second * 20);
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task What_is_forgotten_is_renewed_no_more_and_makes_nobody_unsure()
    {
        var lease = await AcquireAsync("x", Terms with { WaitsForDatabase = true });
        _keeper.ForgetAll();
        await PassAsync(Second * 11);
        Assert.False(_keeper.IsSureOf(lease));
        Assert.True(_keeper.IsSure);
        Assert.NotNull(await _store.AcquireAsync("x", "other", Second, default));
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task A_lease_that_several_nodes_hold_together_lives_as_long_as_one_of_them()
    {
        var founded = await AcquireAsync("x", Terms);
        await using var other = new LeaseKeeper(_store, _node, new LoggerFactory([_log]).CreateLogger<LeaseKeeper>());
        other.Share(founded.Key, "me", Terms, _lost.Add);
        _keeper.Forget(founded);
        await PassAsync(Second * 30);
        Assert.Null(await _store.AcquireAsync("x", "other", Second, default));
        Assert.Empty(_lost);
    }

    [Fact]
    public async Task A_lease_that_another_holds_is_not_acquired()
    {
        await _store.AcquireAsync("x", "other", Second * 60, default);
        Assert.Null(await _keeper.AcquireAsync("x", "me", Terms, _lost.Add));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_the_database_is_away_or_hangs_acquiring_fails_in_time(bool hangs)
    {
        (_store.Hangs, _store.IsAway) = (hangs, !hangs);
        var acquiring = _keeper.AcquireAsync("x", "me", Terms, _lost.Add);
        await PassAsync(Second * 2);
        Assert.False(acquiring.IsCompleted);
        await PassAsync(Second * 1.3);
        await Assert.ThrowsAsync<TimeoutException>(() => acquiring.WaitAsync(Second * 10, TestContext.Current.CancellationToken));
    }

    private async Task<HeldLease> AcquireAsync(string name, LeaseTerms terms) => (await _keeper.AcquireAsync(name, "me", terms, _lost.Add))!;

    // In steps as small as the keeper's, with time for what they set going.
    private async Task PassAsync(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(100);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _node.Advance(step);
            _database.Advance(step);
            await Task.Delay(2);
        }
    }
}
