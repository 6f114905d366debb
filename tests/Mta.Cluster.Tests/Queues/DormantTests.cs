using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Queues that only wait have no actor, and nobody can tell: they are listed, counted, due and added to as others are.</summary>
public sealed class DormantTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_only_waits_goes_dormant_and_is_listed_as_before()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.FromMilliseconds(200));
        var (_, awake) = await DeferAsync(harness);
        await DormantAsync(harness, 1);
        Assert.Equal(AtRest(awake), await harness.StatusAsync(Domain));
        Assert.Equal(new QueueTotals(1, 1, 0, 1, 0), (await harness.ListAsync()).Totals);
        Assert.Equal([0, 0, 1, 0], Depth(harness));
    }

    [Fact]
    public async Task Fresh_mail_wakes_a_queue_with_all_that_it_had()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero);
        var (connection, before) = await DeferAsync(harness);
        await DormantAsync(harness, 1);
        await harness.AcceptAsync(Letters.To("more@example.com"));
        Assert.Equal("more@example.com", Assert.Single((await connection.TakeAsync()).Refs).Ref.Envelope.Recipients[0].Address.ToString());
        var after = await harness.UntilAsync(Domain, q => q is { InFlight: 1, NextDue: not null });
        Assert.Equal(AtRest(before) with { InFlight = 1 }, AtRest(after));
        await DormantAsync(harness, 0);
    }

    [Fact]
    public async Task A_dormant_ref_is_tried_again_at_its_time_and_its_attempts_are_counted_on()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.IdleAfter, o.Retry.First, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(700), 0),
            QueueHarness.Quick with { TickEvery = TimeSpan.FromMilliseconds(10) });
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var taken = await connection.TakeAsync();
            Assert.Equal((letter.Ref(), attempt), (Assert.Single(taken.Refs).Ref.Id, taken.Refs[0].Attempt));
            connection.Report(taken, Letters.Later);
            if (attempt < 3)
                await DormantAsync(harness, 1);
        }
    }

    [Fact]
    public async Task After_a_start_only_queues_with_something_to_do_have_actors()
    {
        await using var harness = await QueueHarness.StartAsync();
        var connection = harness.Connect();
        foreach (var domain in new[] { "waits.example", "both.example" })
        {
            await harness.AcceptAsync(Letters.To($"user@{domain}"));
            connection.Report(await connection.TakeAsync(), Letters.Later);
            await harness.UntilAsync(domain, q => q is { Deferred: 1, NextDue: not null });
        }
        var before = (await harness.StatusAsync("waits.example"))!;
        await harness.KillPartitionAsync();
        await harness.AcceptAsync(Letters.To("user@fresh.example"));
        await harness.AcceptAsync(Letters.To("user@both.example"));

        await harness.StartPartitionAsync();
        Assert.Equal((2, 1), Domains(harness));
        Assert.Equal(AtRest(before) with { Site = "" }, await harness.StatusAsync("waits.example"));
        await harness.UntilAsync("both.example", q => q is { Ready: 1, Deferred: 1 });
        await harness.UntilAsync("fresh.example", q => q is { Ready: 1, Deferred: 0 });
        Assert.Equal(new QueueTotals(3, 4, 2, 2, 0), (await harness.ListAsync()).Totals);
    }

    [Fact]
    public async Task Refs_that_are_read_twice_wait_once()
    {
        await using var harness = await QueueHarness.StartAsync();
        await DeferAsync(harness);
        await harness.AcceptAsync(Letters.To("user@z.example"));
        await harness.UntilAsync("z.example", q => q.Ready == 1);
        await harness.KillPartitionAsync();
        var isBroken = true;
        harness.Spool.BeforeRef = number => number < 1 || !isBroken ? Task.CompletedTask : FaultySpool.Fail();
        harness.With(s => s with { Pace = QueueHarness.Quick with { RefsAtOnce = 1 } });
        harness.BeginPartition();
        await harness.LoggedAsync("reading the refs failed", times: 3);
        isBroken = false;
        await harness.RecoveredAsync();
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        Assert.Equal((1, 1), Domains(harness));
    }

    [Fact]
    public async Task A_look_into_the_spool_wakes_nobody_whose_refs_are_known()
    {
        var looks = 0;
        await using var harness = await QueueHarness.StartAsync(o =>
            (o.IdleAfter, o.ReconcileEvery, o.ReconcileMinAge) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(20), TimeSpan.Zero));
        await DeferAsync(harness);
        await DormantAsync(harness, 1);
        var (done, created) = (new TaskCompletionSource(), harness.System.ActorSelection(harness.Partition.Path / "queue-2"));
        harness.Spool.AfterRefs = () =>
        {
            if (Interlocked.Increment(ref looks) == 3)
                done.TrySetResult();
        };
        await done.Task.WaitAsync(QueueHarness.Patience, Cancel);
        await harness.PassAsync();
        Assert.Equal((0, 1), Domains(harness));
        await Assert.ThrowsAsync<Akka.Actor.ActorNotFoundException>(() => created.ResolveOne(TimeSpan.FromMilliseconds(200), Cancel));
    }

    [Fact]
    public async Task Looks_into_the_spool_keep_no_queue_awake()
    {
        await using var harness = await QueueHarness.StartAsync(o =>
            (o.IdleAfter, o.ReconcileEvery, o.ReconcileMinAge) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(20), TimeSpan.Zero));
        await DeferAsync(harness);
        await DormantAsync(harness, 1);
    }

    [Fact]
    public async Task A_lost_announcement_to_a_dormant_queue_is_found()
    {
        await using var harness = await QueueHarness.StartAsync(o =>
            (o.IdleAfter, o.ReconcileEvery, o.ReconcileMinAge) = (TimeSpan.Zero, TimeSpan.FromMilliseconds(20), TimeSpan.Zero));
        await DeferAsync(harness);
        await DormantAsync(harness, 1);
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.To("more@example.com"));
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Deferred: 1 });
    }

    [Fact]
    public async Task A_dormant_queue_refuses_a_pull_and_ignores_what_comes_late()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero);
        var (connection, before) = await DeferAsync(harness);
        await DormantAsync(harness, 1);
        harness.Partition.Tell(
            new SiteUnreachable(0, new QueueKey(Domain), FakeRouter.Site, DeferralReason.HostUnreachable, Letters.Reply(451, 4, 4, 1, "late")),
            Akka.Actor.ActorRefs.NoSender);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
        Assert.Equal(AtRest(before), AtRest((await harness.StatusAsync(Domain))!));
    }

    [Fact]
    public async Task A_queue_whose_next_ref_is_due_soon_keeps_its_actor()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(
            o => (o.IdleAfter, o.Retry.First, o.Retry.Jitter) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), 0), clock: clock);
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        await TicksAsync(harness);
        clock.Advance(TimeSpan.FromMinutes(11));
        await TicksAsync(harness);
        Assert.Equal(0, Domains(harness).Dormant);
    }

    [Fact]
    public async Task What_comes_while_queues_come_and_go_is_neither_lost_nor_taken_twice()
    {
        const int Rounds = 60;
        await using var harness = await QueueHarness.StartAsync(
            o => o.IdleAfter = TimeSpan.Zero, QueueHarness.Quick with { TickEvery = TimeSpan.FromMilliseconds(1) });
        var connection = harness.Connect();
        var taken = new List<RefId>();
        for (var i = 0; i < Rounds; i++)
        {
            await harness.AcceptAsync(Letters.To("user@example.com"));
            var batch = await connection.TakeAsync();
            taken.AddRange(batch.Refs.Select(r => r.Ref.Id));
            connection.Report(batch, Letters.Later);
            var listing = await harness.ListAsync();
            Assert.Equal(i + 1, listing.Totals.Depth);
            Assert.Equal(i + 1, Assert.Single(listing.Queues).Depth);
        }
        Assert.Equal(Rounds, taken.Distinct().Count());
        Assert.Equal(Rounds, taken.Count);
        await DormantAsync(harness, 1);
        Assert.Equal(Rounds, (await harness.StatusAsync(Domain))!.Deferred);
        await harness.KillPartitionAsync();
        Assert.Equal(Rounds, (await harness.JournaledAsync()).Length);
    }

    [Fact]
    public async Task A_partition_with_dormant_queues_stops_and_the_next_owner_has_them()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero);
        var (_, before) = await DeferAsync(harness);
        await DormantAsync(harness, 1);
        var watcher = harness.StopPartition();
        await watcher.ExpectTerminatedAsync(harness.Partition, QueueHarness.Patience, cancellationToken: Cancel);
        await harness.StartPartitionAsync();
        Assert.Equal(AtRest(before) with { Site = "" }, await harness.StatusAsync(Domain));
    }

    private static async Task<(Connection Connection, QueueStatus Status)> DeferAsync(QueueHarness harness)
    {
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        return (connection, await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null }));
    }

    private static Task DormantAsync(QueueHarness harness, int count) =>
        Eventually.IsSoAsync(() => Domains(harness).Dormant == count, () => $"{Domains(harness)}\n{string.Join('\n', harness.Log.All)}");

    // Ticks of the partition, seen by what they do to a queue that is ready: it offers again.
    private static async Task TicksAsync(QueueHarness harness)
    {
        harness.Router.Always = FakeRouter.Routed();
        await harness.AcceptAsync(Letters.To("user@ready.example"));
        for (var i = 0; i < 4; i++)
            while ((await harness.OfferedAsync()).Queue.Domain != "ready.example")
                continue;
        var connection = harness.Connect();
        connection.Report(await connection.PullAsync("ready.example"), Letters.Delivered);
        await harness.UntilEmptyAsync("ready.example");
    }

    private static (int Awake, int Dormant) Domains(QueueHarness harness)
    {
        harness.Measurements.ReadGauges();
        var numbers = harness.Measurements.Rest("mta.queues.domains");
        return ((int)numbers[^2], (int)numbers[^1]);
    }

    private static IReadOnlyList<double> Depth(QueueHarness harness)
    {
        harness.Measurements.Rest("mta.queues.depth");
        harness.Measurements.ReadGauges();
        return harness.Measurements.Rest("mta.queues.depth");
    }

    // Where nothing comes and goes, as it is of a dormant queue.
    private static QueueStatus AtRest(QueueStatus status) => status with { RateIn = 0, RateOut = 0 };
}
