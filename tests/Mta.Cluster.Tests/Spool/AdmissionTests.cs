using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Cache;
using Mta.Cluster.Spool.Commit;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Spool;

/// <summary>The bounds: of the write queue, of the cache, of statements, of options.</summary>
public sealed class AdmissionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Who_finds_it_full_waits_in_line_and_is_let_in_in_order()
    {
        var gate = new Admission(2, 100);
        await Enter(gate, 60);
        var second = Enter(gate, 60);
        var third = Enter(gate, 10);
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        gate.Leave(60);
        await second;
        await third;
        Assert.Equal(2, gate.Items);
        Assert.Equal(70, gate.Bytes);
    }

    [Fact]
    public async Task One_that_is_too_large_for_all_enters_an_empty_queue()
    {
        var gate = new Admission(2, 100);
        await Enter(gate, 5000);
        var next = Enter(gate, 1);
        Assert.False(next.IsCompleted);
        gate.Leave(5000);
        await next;
    }

    [Fact]
    public async Task Waiting_ends_with_the_time_limit_and_leaves_no_trace()
    {
        var gate = new Admission(1, 100);
        await Enter(gate, 1);
        var late = Enter(gate, 1);
        var behind = gate.EnterAsync(1, TimeSpan.FromHours(1), _clock, TestContext.Current.CancellationToken).AsTask();
        _clock.Advance(Limit);
        await Assert.ThrowsAsync<TimeoutException>(() => late);
        gate.Leave(1);
        await behind;
        Assert.Equal(1, gate.Items);
    }

    [Fact]
    public async Task A_cancelled_waiter_lets_the_next_smaller_one_in()
    {
        var gate = new Admission(5, 100);
        await Enter(gate, 60);
        using var cancel = new CancellationTokenSource();
        var large = gate.EnterAsync(90, Limit, _clock, cancel.Token).AsTask();
        var small = Enter(gate, 10);
        Assert.False(small.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small;
        Assert.Equal(70, gate.Bytes);
    }

    [Fact]
    public void The_cache_drops_the_oldest_and_gives_every_reference_back()
    {
        var cache = new BodyCache(10_000);
        var bodies = Enumerable.Range(0, 5).Select(_ => BodyBuffer.Copy(new byte[4000])).ToArray();
        var ids = bodies.Select((_, i) => MessageId.New(Mail.Noon.AddSeconds(i))).ToArray();
        for (var i = 0; i < 5; i++)
            cache.Add(ids[i], bodies[i]);
        Assert.Null(cache.TryGet(ids[2]));
        Assert.False(bodies[2].TryRetain());
        using (var kept = cache.TryGet(ids[4]))
        {
            Assert.Same(bodies[4], kept);
            cache.Remove([ids[4]]);
            Assert.Equal(4000, kept!.Memory.Length);
        }
        Assert.False(bodies[4].TryRetain());
        cache.Dispose();
        Assert.Equal(0, cache.Bytes);
        Assert.False(bodies[3].TryRetain());
    }

    [Fact]
    public void A_small_body_does_not_keep_a_large_array()
    {
        using var cache = new BodyCache(100_000);
        var body = new BodyBuffer(64 * 1024);
        body.GetSpan(10)[..10].Fill(7);
        body.Advance(10);
        var id = MessageId.New(Mail.Noon);
        cache.Add(id, body);
        Assert.InRange(cache.Bytes, 10, 1024);
        using var kept = cache.TryGet(id);
        Assert.Equal(Enumerable.Repeat((byte)7, 10), kept!.Memory.ToArray());
    }

    [Theory]
    [InlineData(1, 7), InlineData(285, 7), InlineData(1000, 3), InlineData(4097, 1), InlineData(37, 5)]
    public void Row_portions_hold_all_rows_in_order_within_the_limits_of_a_statement(int rows, int columns)
    {
        var portions = Cluster.Spool.SqlServer.RowPortions.Of(Enumerable.Range(0, rows).ToList(), columns).ToList();
        Assert.Equal(Enumerable.Range(0, rows), portions.SelectMany(p => p));
        Assert.All(portions, p => Assert.True(p.Count <= 1000 && p.Count * columns <= 2100 && int.IsPow2(p.Count)));
    }

    [Fact]
    public void Options_that_contradict_each_other_are_named()
    {
        Assert.Empty(new SpoolOptions().Check());
        Assert.Equal("connectionString", Assert.Single(new SpoolOptions { Database = SpoolDatabaseKind.PostgreSql }.Check()).Key);
        Assert.Equal("connectionString", Assert.Single(new SpoolOptions { ConnectionString = "Host=x" }.Check()).Key);
        Assert.Equal("file", Assert.Single(new SpoolOptions { File = "../x.db" }.Check()).Key);
        Assert.Equal("queueItems", Assert.Single(new SpoolOptions { QueueItems = 10 }.Check()).Key);
    }

    [Fact]
    public void Times_and_lowest_ids_are_exact()
    {
        var odd = Mail.Noon.AddTicks(1234567).ToOffset(TimeSpan.FromHours(5));
        Assert.Equal(odd, SpoolTime.FromStored(SpoolTime.ToStored(odd)));
        Assert.True(SpoolTime.LowestId(Mail.Noon) < MessageId.New(Mail.Noon));
        Assert.True(MessageId.New(Mail.Noon.AddMilliseconds(-1)) < SpoolTime.LowestId(Mail.Noon));
    }

    private Task Enter(Admission gate, long bytes) => gate.EnterAsync(bytes, Limit, _clock, TestContext.Current.CancellationToken).AsTask();
}
