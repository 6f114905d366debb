using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;
using Mta.Queueing.Partitions;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.Operations;

/// <summary>What operators order for single refs: what a job takes and leaves, what is journaled with it, and what outlives the ref's owner but not the ref.</summary>
public sealed class RefOrdersTests
{
    private static readonly RefOrder Held = RefOrder.None with { Hold = RefOrder.ByOperator };
    private static readonly RefOrder HeldByRule = RefOrder.None with { Hold = "h1" };

    public static TheoryData<JobAction, string, RefOrder?, bool> Taking => new()
    {
        { JobAction.Retry, "", null, true },
        { JobAction.Retry, "", Held, false },
        { JobAction.Drop, "", Held, true },
        { JobAction.Bounce, "", HeldByRule, true },
        { JobAction.Hold, "", null, true },
        { JobAction.Hold, "", Held, false },
        { JobAction.Hold, "", HeldByRule, true },
        { JobAction.Hold, "h2", null, true },
        { JobAction.Hold, "h2", HeldByRule, false },
        { JobAction.Hold, "h2", Held, false },
        { JobAction.Hold, "h2", RefOrder.None with { IsReleased = true }, true },
        { JobAction.Release, "", null, false },
        { JobAction.Release, "", Held, true },
        { JobAction.Release, "", HeldByRule, true },
        { JobAction.Release, "h1", HeldByRule, true },
        { JobAction.Release, "h2", HeldByRule, false },
        { JobAction.Release, "h1", Held, false },
        { JobAction.Reroute, "", null, true },
        { JobAction.Reroute, "", RefOrder.None with { Route = "relay.test:25" }, false },
        { JobAction.Expire, "", null, true },
        { JobAction.Expire, "", RefOrder.None with { Lifetime = TimeSpan.FromHours(1) }, false },
        { JobAction.Expire, "", RefOrder.None with { ExpiresAt = T0 }, true },
    };

    [Theory]
    [MemberData(nameof(Taking))]
    public void A_job_takes_what_it_changes(JobAction action, string rule, RefOrder? order, bool isTaken)
    {
        var job = Job(action, rule);
        Assert.Equal(isTaken, job.Takes(order));
        // Once it has been done, the same order finds nothing.
        if (job.ChangesOrders && isTaken)
            Assert.False(job.Takes(job.Change(order ?? RefOrder.None, areHolds: true)));
    }

    [Fact]
    public void An_order_of_its_own_concerns_what_was_accepted_before_and_one_of_a_hold_all_mail()
    {
        Assert.True(Job(JobAction.Hold).ConcernsAcceptedAt(T0));
        Assert.False(Job(JobAction.Hold).ConcernsAcceptedAt(T0.AddTicks(1)));
        Assert.True(Job(JobAction.Hold, "h1").ConcernsAcceptedAt(T0.AddDays(1)));
    }

    [Fact]
    public void What_is_released_while_holds_stand_is_not_held_again_and_costs_nothing_where_none_does()
    {
        Assert.Equal(RefOrder.None with { IsReleased = true }, Job(JobAction.Release).Change(Held, areHolds: true));
        Assert.Equal(RefOrder.None, Job(JobAction.Release).Change(Held, areHolds: false));
        Assert.Equal(RefOrder.None, Job(JobAction.Release, "h1").Change(HeldByRule, areHolds: true));
        var journal = new PartitionJournal();
        journal.Take(Job(JobAction.Hold), [Id(1)], areAlive: true);
        Assert.Equal(1, journal.Orders.Count);
        journal.Take(Job(JobAction.Release), [Id(1)], areAlive: true);
        Assert.Equal(0, journal.Orders.Count);
    }

    [Fact]
    public void Orders_of_one_ref_stand_beside_each_other()
    {
        var journal = new PartitionJournal();
        journal.Take(Job(JobAction.Hold), [Id(1), Id(2)], areAlive: true);
        journal.Take(Job(JobAction.Reroute), [Id(1)], areAlive: true);
        journal.Take(Job(JobAction.Expire), [Id(1)], areAlive: true);
        Assert.Equal(new RefOrder(RefOrder.ByOperator, "relay.test:25", null, TimeSpan.FromHours(1), false), journal.Orders.Find(Id(1)));
        journal.Take(Job(JobAction.Release), [Id(1), Id(2)], areAlive: true);
        Assert.Equal("relay.test:25", journal.Orders.Find(Id(1))!.Route);
        Assert.Null(journal.Orders.Find(Id(2)));
        journal.Take(Job(JobAction.Reroute) with { Id = "undo", Route = "" }, [Id(1)], areAlive: true);
        Assert.Equal(RefOrder.None with { Lifetime = TimeSpan.FromHours(1) }, journal.Orders.Find(Id(1)));
    }

    [Fact]
    public void A_job_that_has_ended_orders_nothing_more()
    {
        var journal = new PartitionJournal();
        journal.Jobs.End(new JobPortion("Hold", 7));
        journal.Take(Job(JobAction.Hold), [Id(1)], areAlive: true);
        Assert.Equal(0, journal.Orders.Count);
    }

    [Fact]
    public void Equal_orders_of_many_refs_are_one_object()
    {
        var orders = new RefOrders();
        orders.Change([Id(1)], before => before with { Hold = "h1" }, areAlive: true);
        orders.Change([Id(2)], before => before with { Hold = "h1" }, areAlive: true);
        Assert.Same(orders.Find(Id(1)), orders.Find(Id(2)));
    }

    [Fact]
    public void After_a_replay_what_no_ref_claims_is_dropped()
    {
        var journal = new PartitionJournal();
        journal.Apply(RuleSet.None.With(Rule("h1"))!);
        journal.Hold("h1", [Id(1), Id(2), Id(3)], areAlive: false);
        Assert.False(journal.Orders.IsClaimed(Id(1)));
        Assert.Equal("h1", journal.Orders.Claim(Id(1))?.Hold);
        Assert.Null(journal.Orders.Claim(Id(9)));
        journal.Hold("h1", [Id(4)], areAlive: true);
        journal.EndRecovery();
        Assert.Equal([Id(1), Id(4)], journal.Orders.Snapshot().Select(o => o.Id));
        journal.Forget(Id(1));
        Assert.Equal(1, journal.Orders.Count);
    }

    [Fact]
    public void A_snapshot_gives_the_same_orders()
    {
        var orders = new RefOrders();
        orders.Change([Id(2), Id(1)], _ => new RefOrder("h1", "mx", T0, TimeSpan.FromHours(1), true), areAlive: true);
        var restored = new RefOrders();
        restored.Restore(orders.Snapshot());
        Assert.Equal(orders.Snapshot().ToArray(), restored.Snapshot().ToArray());
        Assert.False(restored.IsClaimed(Id(1)));
    }

    [Fact]
    public void A_deferral_is_due_at_the_latest_when_the_time_is_over()
    {
        var deferral = new RefDeferred(Id(1), 3, T0.AddHours(4), DeferralReason.PeerTimeout, Reply(451));
        Assert.Same(deferral, RefOrder.None.Limit(deferral, T0));
        Assert.Equal(T0.AddHours(1), (RefOrder.None with { Lifetime = TimeSpan.FromHours(1) }).Limit(deferral, T0)!.Due);
        Assert.Equal(T0.AddMinutes(5), (RefOrder.None with { ExpiresAt = T0.AddMinutes(5) }).Limit(deferral, T0)!.Due);
        Assert.Same(deferral, (RefOrder.None with { Lifetime = TimeSpan.FromHours(5) }).Limit(deferral, T0));
        Assert.Null((RefOrder.None with { ExpiresAt = T0 }).Limit(null, T0));
    }

    internal static HoldRule Rule(string id, MessageFilter? filter = null, DateTimeOffset? until = null) => new(id, filter ?? MessageFilter.All, T0, until, "otto", "");

    private static MessageJob Job(JobAction action, string rule = "") => new(
        action.ToString(), action, MessageFilter.All, "", T0, "otto", rule, action == JobAction.Reroute ? "relay.test:25" : "", null, action == JobAction.Expire ? TimeSpan.FromHours(1) : null);
}
