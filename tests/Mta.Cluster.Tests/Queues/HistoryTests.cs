using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>What attempts came to is kept beside the journal: of what waits, as long as it waits, and nothing waits for it to succeed.</summary>
public sealed class HistoryTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attempts_are_kept_until_the_mail_is_done()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.CreateAsync(clock: clock);
        var history = await StartAsync(harness);
        var letter = Letters.At(clock.GetUtcNow(), "done@example.com", "wait@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Delivered, Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        var kept = Assert.Single(await history.ReadAsync(letter.Id, Cancel));
        Assert.Equal((letter.Ref(), 1, QueueHarness.Node), (kept.Id, kept.Attempt, kept.Node));
        Assert.Equal([AttemptResult.Delivered, AttemptResult.Deferred], kept.Results.Select(r => r.Result));

        // The next owner goes on with it.
        await harness.KillPartitionAsync();
        clock.Advance(TimeSpan.FromMinutes(6));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        connection.Report(await connection.TakeAsync(), Letters.Delivered);
        Settlement settled;
        // The first one left the recipient who waits.
        do
            settled = await harness.SettledAsync();
        while (settled.Finished.IsEmpty);
        Assert.Equal([letter.Ref()], settled.Deferred);
        Assert.Equal(0, await harness.Database.CountAsync("spool_attempt"));
    }

    [Fact]
    public async Task Mail_that_is_delivered_at_first_try_writes_none_and_deletes_none()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var history = await StartAsync(harness);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Delivered);
        Assert.Empty((await harness.SettledAsync()).Deferred);
        Assert.Equal(0, history.Kept);
    }

    [Fact]
    public async Task A_deferral_does_not_wait_for_a_history_that_cannot_be_kept()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var history = await StartAsync(harness);
        history.BeforeKeep = FaultySpool.Fail;
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        Assert.Equal(1, history.Kept);
        Assert.Empty(await history.ReadAsync(letter.Id, Cancel));
    }

    [Fact]
    public async Task An_earlier_owner_is_told_by_its_attempts_too_and_stops()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await StartAsync(harness);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        var watcher = harness.Probe();
        watcher.Watch(harness.Partition);
        await harness.Spool.RaiseEpochAsync(0, "another", Cancel);
        connection.Report(batch, Letters.Later);
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
        Assert.Equal(0, await harness.Database.CountAsync("spool_attempt"));
    }

    [Fact]
    public async Task None_are_kept_where_none_are_wanted()
    {
        await using var harness = await QueueHarness.CreateAsync(options => options.AttemptsKept = 0);
        var history = await StartAsync(harness);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        Assert.Equal(0, history.Kept);
    }

    private static async Task<GatedHistory> StartAsync(QueueHarness harness)
    {
        GatedHistory history = new(harness.Spool.History);
        harness.With(services => services with { History = history });
        await harness.StartPartitionAsync();
        return history;
    }

    /// <summary>The real one behind a gate.</summary>
    private sealed class GatedHistory(IMessageHistory inner) : IMessageHistory
    {
        private int _kept;

        public Func<Task> BeforeKeep { get; set; } = () => Task.CompletedTask;

        /// <summary>How often something was to be kept.</summary>
        public int Kept => Volatile.Read(ref _kept);

        public async Task<SettleResult> KeepAsync(AttemptBatch batch, CancellationToken cancel)
        {
            Interlocked.Increment(ref _kept);
            await BeforeKeep();
            return await inner.KeepAsync(batch, cancel);
        }

        public Task<StoredReception?> FindAsync(MessageId id, CancellationToken cancel) => inner.FindAsync(id, cancel);

        public Task<ImmutableArray<StoredAttempt>> ReadAsync(MessageId id, CancellationToken cancel) => inner.ReadAsync(id, cancel);

        public Task<IMessageBody?> OpenContentAsync(MessageId id, CancellationToken cancel) => inner.OpenContentAsync(id, cancel);
    }
}
