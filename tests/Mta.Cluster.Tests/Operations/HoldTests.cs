using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Mta.Cluster.Tests.Queues;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>Held mail is neither attempted nor lost nor forgotten, by whoever owns its partition, until it is released; and released mail is as it was.</summary>
public sealed class HoldTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_held_waits_beyond_its_owner_and_is_counted_once()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Retry.First = TimeSpan.FromHours(1), Orders.Pace);
        var connection = harness.Connect();
        await harness.AcceptAsync(Letters.To("one@example.com"));
        connection.Report(await connection.TakeAsync(), Letters.Later);
        var before = await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.AcceptAsync(Letters.To("three@other.example"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);

        Assert.Equal(2, await harness.DoAsync(JobAction.Hold, Orders.To(Domain)));
        await harness.UntilAsync(Domain, q => q is { Held: 2, Depth: 2 });
        Assert.Equal(2, (await harness.ListAsync()).Totals.Held);
        Assert.Equal(0, await harness.DoAsync(JobAction.Hold, Orders.To(Domain)));
        Assert.Equal(0, await harness.DoAsync(JobAction.Retry, Orders.To(Domain)));
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
        await harness.RestartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Held: 2, Depth: 2 });
        Assert.Equal("other.example", Assert.Single((await connection.TakeAsync()).Refs).Ref.Queue.Domain);
        Assert.Equal(2, (await harness.FindAsync(MessageFilter.All with { Hold = MessageFilter.HeldByAnything })).Count);
        Assert.All((await harness.FindAsync(Orders.To(Domain))).Messages, m => Assert.Equal(RefOrder.ByOperator, m.Hold));

        Assert.Equal(2, await harness.DoAsync(JobAction.Release, MessageFilter.All));
        var released = await harness.UntilAsync(Domain, q => q is { Ready: 1, Deferred: 1, Held: 0, NextDue: not null });
        Assert.Equal(before.NextDue, released.NextDue);
        Assert.Equal("two@example.com", Assert.Single((await connection.TakeAsync()).Refs).Ref.Envelope.Recipients[0].Address.ToString());
        await harness.RestartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Held: 0, Deferred: 1 });
    }

    [Fact]
    public async Task What_is_in_flight_is_held_when_it_comes_back_and_not_counted_where_it_is_delivered()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        for (var i = 0; i < 2; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain);
        var job = (await harness.Jobs().OrderAsync(JobAction.Hold, MessageFilter.All, "", "otto", Cancel))!.Job.Id;
        await harness.PassAsync();
        connection.Report(batch, batch.Refs[0].Ref, Letters.Delivered);
        connection.Report(batch, batch.Refs[1].Ref, Letters.Later);
        Assert.Equal(1, await harness.EndedAsync(job));
        await harness.UntilAsync(Domain, q => q is { Held: 1, Depth: 1 });
    }

    [Fact]
    public async Task A_queue_of_held_mail_goes_dormant_and_wakes_to_be_released()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero, Orders.Pace);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.DoAsync(JobAction.Hold, MessageFilter.All);
        for (var owner = 0; owner < 2; owner++)
        {
            await DormantAsync(harness);
            var status = await harness.UntilAsync(Domain, q => q is { Held: 1, Depth: 1 });
            Assert.Null(status.NextDue);
            await harness.RestartPartitionAsync();
        }
        Assert.Equal(1, await harness.DoAsync(JobAction.Release, MessageFilter.All));
        Assert.Single((await harness.Connect().TakeAsync()).Refs);
    }

    [Fact]
    public async Task A_standing_hold_holds_what_is_queued_and_what_comes_and_releases_that_alone()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("mine@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        Assert.Equal(1, await harness.DoAsync(JobAction.Hold, MessageFilter.All with { Recipient = "mine@example.com" }));
        var (rule, count) = await harness.HoldAsync(Orders.To(Domain));
        Assert.Equal(1, count);
        await harness.LoggedAsync($"hold {rule.Id}: ");
        await harness.AcceptAsync(Letters.To("two@example.com", "third@other.example"));
        await harness.UntilAsync(Domain, q => q is { Held: 3, Depth: 3 });
        Assert.Equal("other.example", Assert.Single((await harness.Connect().TakeAsync()).Refs).Ref.Envelope.Recipients[0].Address.Domain);
        Assert.Equal(2, (await harness.FindAsync(MessageFilter.All with { Hold = rule.Id })).Count);
        harness.Measurements.ReadGauges();
        Assert.Equal([1, 0], harness.Measurements.Rest("mta.queues.rules"));

        await harness.RestartPartitionAsync();
        await harness.AcceptAsync(Letters.To("three@example.com"));
        await harness.UntilAsync(Domain, q => q is { Held: 4, Depth: 4 });
        Assert.Equal(3, await harness.EndHoldAsync(rule.Id));
        await harness.LoggedAsync($"hold {rule.Id}: ended by otto");
        await harness.UntilAsync(Domain, q => q is { Held: 1, Ready: 3 });
        await harness.AcceptAsync(Letters.To("four@example.com"));
        await harness.UntilAsync(Domain, q => q is { Held: 1, Ready: 4 });
        Assert.Empty((await harness.Rules().ListAsync(Cancel)).Set.Holds);
    }

    [Fact]
    public async Task Mail_whose_announcement_was_lost_is_judged_when_it_is_found_by_its_envelope_where_that_decides()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.ReconcileEvery, o.ReconcileMinAge) = (TimeSpan.FromMilliseconds(50), TimeSpan.Zero), Orders.Pace);
        var (rule, _) = await harness.HoldAsync(MessageFilter.All with { Sender = Letters.Sender });
        harness.DeliversHints = false;
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com").FromNobody());
        await harness.UntilAsync(Domain, q => q is { Held: 1, Ready: 1 });
        Assert.Single((await harness.Connect().TakeAsync()).Refs, r => r.Ref.Envelope.ReversePath.IsNull);
        // And by the next owner, who has heard of neither.
        await harness.KillPartitionAsync();
        await harness.AcceptAsync(Letters.To("three@example.com"));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Held: 2, Ready: 1 });
        Assert.Equal(2, await harness.EndHoldAsync(rule.Id));
    }

    [Fact]
    public async Task A_hold_of_a_tenant_holds_its_mail_and_nobody_elses()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.AcceptAsync(Of("acme"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        var (rule, count) = await harness.HoldAsync(MessageFilter.All with { Tenant = "acme" });
        Assert.Equal(1, count);
        await harness.AcceptAsync(Of("acme"));
        await harness.AcceptAsync(Of("other"));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q is { Held: 2, Ready: 2 });
        Assert.Equal(2, await harness.EndHoldAsync(rule.Id));

        static IncomingMessage Of(string tenant) => Letters.To("user@example.com").With(e => e with { Labels = new MailLabels(tenant, "", "") });
    }

    [Fact]
    public async Task An_owner_that_dies_before_it_has_journaled_a_hold_has_attempted_nothing_and_the_next_one_judges()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.HoldAsync(MessageFilter.All with { Sender = Letters.Sender });
        await BreakJournalAsync(harness);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        // Set aside: in its queue, and for nobody to take.
        await harness.UntilAsync(Domain, q => q is { Depth: 1, Ready: 0, Held: 0 });
        Assert.Empty((await harness.Connect().PullAsync(Domain)).Refs);
        await harness.KillPartitionAsync();
        await MendJournalAsync(harness);
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Depth: 1, Held: 1 });
    }

    [Fact]
    public async Task A_journal_or_a_spool_that_fails_meanwhile_holds_mail_up_and_loses_no_order()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace with { RefsAtOnce = 4 });
        for (var i = 0; i < 10; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 10);
        var (reads, envelopes) = (0, 0);
        harness.Spool.BeforeRef = number => number == 6 && Interlocked.Increment(ref reads) <= 2 ? FaultySpool.Fail() : Task.CompletedTask;
        harness.Spool.BeforeEnvelopes = _ => Interlocked.Increment(ref envelopes) % 2 == 1 ? FaultySpool.Fail() : Task.CompletedTask;
        var (rule, count) = await harness.HoldAsync(MessageFilter.All with { Sender = "*@example.org" });
        Assert.Equal(10, count);
        await BreakJournalAsync(harness);
        await harness.AcceptAsync(Letters.To("more@example.com"));
        await harness.UntilAsync(Domain, q => q is { Depth: 11, Held: 10 });
        await MendJournalAsync(harness);
        await harness.UntilAsync(Domain, q => q is { Depth: 11, Held: 11 });
        Assert.Equal(11, await harness.EndHoldAsync(rule.Id));
        await harness.UntilAsync(Domain, q => q is { Depth: 11, Ready: 11 });
    }

    [Fact]
    public async Task What_two_holds_hold_waits_for_the_end_of_both()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com").FromNobody());
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var (all, both) = await harness.HoldAsync(Orders.To(Domain));
        var (sender, none) = await harness.HoldAsync(MessageFilter.All with { Sender = Letters.Sender });
        Assert.Equal((2L, 0L), (both, none));
        Assert.Equal(1, await harness.EndHoldAsync(all.Id));
        await harness.UntilAsync(Domain, q => q is { Held: 1, Ready: 1 });
        await Eventually.IsSoAsync(async () => (await harness.FindAsync(MessageFilter.All with { Hold = sender.Id })).Count == 1, () => "the other hold does not hold it");
        await harness.RestartPartitionAsync();
        Assert.Equal(1, await harness.EndHoldAsync(sender.Id));
        await harness.UntilAsync(Domain, q => q is { Held: 0, Ready: 2 });
    }

    [Fact]
    public async Task What_is_released_in_spite_of_a_hold_that_stands_is_not_held_again()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.HoldAsync(MessageFilter.All);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.UntilAsync(Domain, q => q.Held == 1);
        Assert.Equal(1, await harness.DoAsync(JobAction.Release, MessageFilter.All));
        await harness.UntilAsync(Domain, q => q is { Held: 0, Ready: 1 });
        await harness.RestartPartitionAsync();
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q is { Held: 1, Ready: 1 });
    }

    [Fact]
    public async Task An_announcement_that_comes_again_changes_nothing()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        var (rule, _) = await harness.HoldAsync(MessageFilter.All);
        var letter = Letters.To("one@example.com");
        await harness.AcceptAsync(letter);
        await harness.UntilAsync(Domain, q => q.Held == 1);
        var stored = (await harness.StoredAsync(letter.Ref()))!;
        harness.AnnounceAgain(stored);
        await harness.PassAsync();
        await harness.UntilAsync(Domain, q => q is { Held: 1, Depth: 1 });
        await harness.EndHoldAsync(rule.Id);
        harness.AnnounceAgain(stored);
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Depth: 1 });
    }

    [Fact]
    public async Task A_hold_ends_at_its_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace, clock: clock);
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "one@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        var (rule, count) = await harness.HoldAsync(MessageFilter.All, clock.GetUtcNow().AddHours(1));
        Assert.Equal(1, count);
        clock.Advance(TimeSpan.FromHours(1));
        await harness.LoggedAsync($"hold {rule.Id}: ended by its time");
        await harness.UntilAsync(Domain, q => q is { Held: 0, Ready: 1 });
        Assert.Empty((await harness.Rules().ListAsync(Cancel)).Set.Holds);
    }

    [Fact]
    public async Task Held_mail_can_be_dropped_and_leaves_no_order_behind()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace with { SnapshotAfter = 1 });
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.DoAsync(JobAction.Hold, MessageFilter.All);
        Assert.Equal(1, await harness.DoAsync(JobAction.Drop, MessageFilter.All with { Hold = RefOrder.ByOperator }));
        await harness.UntilEmptyAsync(Domain);
        Assert.Empty(await harness.StoredAsync());
    }

    [Fact]
    public async Task Snapshots_hold_what_is_held_and_by_what()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace with { SnapshotAfter = 1 });
        var (rule, _) = await harness.HoldAsync(Orders.To(Domain));
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.UntilAsync(Domain, q => q.Held == 1);
        // It is written when the events since the last hold several times what it would.
        await harness.AcceptAsync(Letters.To("user@other.example"));
        await harness.UntilAsync("other.example", q => q.Ready == 1);
        for (var round = 0; round < 4; round++)
        {
            Assert.Equal(1, await harness.DoAsync(JobAction.Hold, Orders.To("other.example")));
            Assert.Equal(1, await harness.DoAsync(JobAction.Release, Orders.To("other.example")));
        }
        await Eventually.IsSoAsync(
            async () => await harness.JournalSqlAsync("SELECT count(*) FROM event_journal WHERE persistence_id = 'partition-0' AND manifest IN ('refs-held:1', 'rules-changed:1') AND is_deleted = 0") == "0",
            () => "the events before the snapshot are still there");
        await harness.RestartPartitionAsync();
        await harness.UntilAsync(Domain, q => q.Held == 1);
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q.Held == 2);
        Assert.Equal(2, await harness.EndHoldAsync(rule.Id));
    }

    private static Task<string?> BreakJournalAsync(QueueHarness harness) => harness.JournalSqlAsync("ALTER TABLE event_journal RENAME TO away");

    private static Task<string?> MendJournalAsync(QueueHarness harness) => harness.JournalSqlAsync("ALTER TABLE away RENAME TO event_journal");

    private static Task DormantAsync(QueueHarness harness) => Eventually.IsSoAsync(
        () =>
        {
            harness.Measurements.ReadGauges();
            return harness.Measurements.Rest("mta.queues.domains").TakeLast(2).SequenceEqual([0, 1]);
        },
        () => "the queue does not go dormant");
}
