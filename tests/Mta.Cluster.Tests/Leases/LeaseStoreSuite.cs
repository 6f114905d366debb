using System.Collections.Concurrent;
using System.Diagnostics;
using Mta.Cluster.Leases;
using Mta.Cluster.Tests.Spool;
using Xunit;

namespace Mta.Cluster.Tests.Leases;

/// <summary>What every database must do with leases. No test hands the store a time of day: it has none to be wrong about.</summary>
public abstract class LeaseStoreSuite : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private SpoolHarness _harness = null!;
    private SqlLeaseStore _store = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<SpoolHarness> StartAsync();

    public async ValueTask InitializeAsync()
    {
        _harness = await StartAsync();
        await (await _harness.OpenAsync()).DisposeAsync();
        _store = SqlLeaseStore.Create(_harness.Options(), _harness.Directory);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        if (_harness is not null)
            await _harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_lease_has_one_owner_until_it_is_given_back()
    {
        var version = await _store.AcquireAsync("x", "a", Long, Cancel);
        Assert.Equal(1, version);
        Assert.Null(await _store.AcquireAsync("x", "b", Long, Cancel));
        var row = await _store.ReadAsync("x", Cancel);
        Assert.Equal(("a", 1L), (row!.Owner, row.Version));
        Assert.InRange(row.Left, Long - TimeSpan.FromMinutes(1), Long);

        await _store.ReleaseAsync("a", new LeaseKey("x", 1), Cancel);
        Assert.Null(await _store.ReadAsync("x", Cancel));
        Assert.Equal(2, await _store.AcquireAsync("x", "b", Long, Cancel));
    }

    [Fact]
    public async Task Only_the_owner_gives_back_and_only_what_it_has()
    {
        await _store.AcquireAsync("x", "a", Long, Cancel);
        await _store.ReleaseAsync("b", new LeaseKey("x", 1), Cancel);
        await _store.ReleaseAsync("a", new LeaseKey("x", 7), Cancel);
        Assert.Null(await _store.AcquireAsync("x", "b", Long, Cancel));
    }

    [Fact]
    public async Task A_lease_that_has_ended_is_anyones()
    {
        await _store.AcquireAsync("x", "a", Short, Cancel);
        Assert.Null(await _store.AcquireAsync("x", "b", Long, Cancel));
        await Task.Delay(Short * 2, Cancel);
        Assert.Equal(2, await _store.AcquireAsync("x", "b", Long, Cancel));
        Assert.Empty(await RenewAsync("a", ("x", 1)));
    }

    [Fact]
    public async Task An_owner_that_starts_again_has_its_lease_at_once_and_its_former_life_has_not()
    {
        await _store.AcquireAsync("x", "a", Long, Cancel);
        Assert.Equal(2, await _store.AcquireAsync("x", "a", Long, Cancel));
        Assert.Empty(await RenewAsync("a", ("x", 1)));
        Assert.Equal(["x"], await RenewAsync("a", ("x", 2)));
    }

    [Fact]
    public async Task A_renewal_lengthens_a_lease()
    {
        await _store.AcquireAsync("x", "a", Short, Cancel);
        Assert.Equal(["x"], await RenewAsync("a", ("x", 1)));
        await Task.Delay(Short * 2, Cancel);
        Assert.Null(await _store.AcquireAsync("x", "b", Long, Cancel));
    }

    [Fact]
    public async Task A_lease_that_has_ended_and_that_nobody_took_is_renewed()
    {
        await _store.AcquireAsync("x", "a", Short, Cancel);
        await Task.Delay(Short * 2, Cancel);
        Assert.Equal(["x"], await RenewAsync("a", ("x", 1)));
        Assert.Null(await _store.AcquireAsync("x", "b", Long, Cancel));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_not_renewed()
    {
        await _store.AcquireAsync("x", "a", Long, Cancel);
        await _store.ReleaseAsync("a", new LeaseKey("x", 1), Cancel);
        Assert.Empty(await RenewAsync("a", ("x", 1)));
        Assert.NotNull(await _store.AcquireAsync("x", "b", Long, Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(164)]
    [InlineData(1100)]
    public async Task Many_are_renewed_at_once_and_those_that_are_lost_are_known(int count)
    {
        var keys = new List<(string, long)>();
        for (var i = 0; i < count; i++)
            keys.Add(($"lease-{i}", (await _store.AcquireAsync($"lease-{i}", "a", Long, Cancel))!.Value));
        await _store.ReleaseAsync("a", new LeaseKey("lease-0", 1), Cancel);
        await _store.AcquireAsync("lease-0", "b", Long, Cancel);
        var watch = Stopwatch.StartNew();
        var renewed = await RenewAsync("a", [.. keys]);
        TestContext.Current.TestOutputHelper!.WriteLine($"{count} leases renewed in {watch.Elapsed.TotalMilliseconds:F1} ms");
        Assert.Equal(keys.Skip(1).Select(k => k.Item1).Order(), renewed.Order());
    }

    [Fact]
    public async Task Of_many_that_want_it_at_once_one_gets_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var name = $"race-{round}";
            var got = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _store.AcquireAsync(name, $"owner-{i}", Long, Cancel)));
            Assert.Single(got, g => g is not null);
        }
    }

    [Fact]
    public async Task There_are_never_two_owners()
    {
        // Eight take it, and give it back or let it end, as fast as they can. Each may be sure of it from the answer until it gives it back, or until its time from
        // before the question is over, however late it gets to look at the clock; and in that time nobody else.
        var time = TimeSpan.FromMilliseconds(500);
        var held = new ConcurrentBag<(long From, long To)>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(TimeSpan.FromSeconds(4));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            while (!end.IsCancellationRequested)
            {
                var until = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
                if (await _store.AcquireAsync("contended", $"owner-{i}", time, Cancel) is not { } version)
                    continue;
                var from = Stopwatch.GetTimestamp();
                await Task.Delay(Random.Shared.Next(5), Cancel);
                held.Add((from, Math.Min(until, Stopwatch.GetTimestamp())));
                if (Random.Shared.Next(10) > 0)
                    await _store.ReleaseAsync($"owner-{i}", new LeaseKey("contended", version), Cancel);
            }
        }));
        var sure = held.Where(h => h.From < h.To).OrderBy(h => h.From).ToList();
        TestContext.Current.TestOutputHelper!.WriteLine($"held {sure.Count} times");
        Assert.InRange(sure.Count, 3, int.MaxValue);
        for (var i = 1; i < sure.Count; i++)
            Assert.True(sure[i - 1].To <= sure[i].From, "two owners at once");
    }

    private async Task<List<string>> RenewAsync(string owner, params (string Name, long Version)[] leases) =>
        [.. await _store.RenewAsync(owner, [.. leases.Select(l => new LeaseKey(l.Name, l.Version))], Long, Cancel)];
}
