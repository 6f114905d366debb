using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>What a queue and its site say to each other, where sites change, are lost, or pull faster than envelopes are read.</summary>
public sealed class SiteTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_whose_way_changes_moves_its_offer_and_what_is_in_flight_ends_at_the_old_site()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Always = FakeRouter.Routed("old", validFor: TimeSpan.Zero);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.Site.FishForMessageAsync(m => m is OfferWork { Site: "old", Ready: 1 }, QueueHarness.Patience, cancellationToken: Cancel);
        harness.Router.Always = FakeRouter.Routed("new");
        await harness.AcceptAsync(Letters.To("user@example.com"));

        await harness.Site.FishForMessageAsync(m => m is OfferWork { Site: "old", Ready: 0 }, QueueHarness.Patience, cancellationToken: Cancel);
        var offer = await harness.OfferedAsync();
        Assert.Equal(("new", FakeRouter.Plan("new").Site), (offer.Site, offer.Plan.Site));
        Assert.Empty((await connection.PullAsync(Domain, site: "old")).Refs);
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        Assert.Equal(2, (await connection.PullAsync(Domain, site: "new")).Refs.Length);
        connection.Report(batch, Letters.Delivered);
        Assert.Single((await harness.SettledAsync()).Finished);
    }

    [Fact]
    public async Task An_offer_is_made_again_while_work_stays_ready_so_that_a_site_which_was_lost_learns_of_it()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        for (var i = 0; i < 3; i++)
            Assert.Equal(1, (await harness.OfferedAsync()).Ready);
    }

    [Fact]
    public async Task Pulls_that_wait_for_envelopes_are_all_served()
    {
        await using var harness = await QueueHarness.CreateAsync(o => o.MaxEnvelopesInMemory = 10);
        for (var i = 0; i < 40; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Ready: 40, Site: FakeRouter.Site });
        var connections = Enumerable.Range(0, 4).Select(_ => harness.Connect()).ToList();
        foreach (var connection in connections)
            connection.Ask(Domain, max: 10);
        var taken = new HashSet<RefId>();
        foreach (var connection in connections)
            Assert.All((await connection.BatchAsync()).Refs, one => Assert.True(taken.Add(one.Ref.Id), $"{one.Ref.Id} was handed out twice"));
        Assert.Equal(40, taken.Count);
    }

    [Fact]
    public async Task A_pull_whose_refs_turn_out_to_be_gone_gets_the_next()
    {
        await using var harness = await QueueHarness.CreateAsync(o => o.MaxEnvelopesInMemory = 10);
        for (var i = 0; i < 20; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Ready: 20, Site: FakeRouter.Site });
        await harness.Database.ExecuteAsync("DELETE FROM spool_ref WHERE id IN (SELECT id FROM spool_ref ORDER BY accepted_at, id LIMIT 10)");
        Assert.Equal(10, (await harness.Connect().PullAsync(Domain, max: 10)).Refs.Length);
    }

    [Fact]
    public async Task Envelopes_beyond_the_limit_are_read_when_their_turn_comes_and_each_ref_is_delivered_once()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.MaxEnvelopesInMemory = 10);
        var most = 0;
        harness.Spool.BeforeEnvelopes = ids =>
        {
            most = Math.Max(most, ids.Count);
            return Task.CompletedTask;
        };
        for (var i = 0; i < 35; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var taken = new List<RefId>();
        while (taken.Count < 35)
        {
            var batch = await connection.TakeAsync(max: 7);
            taken.AddRange(batch.Refs.Select(one => one.Ref.Id));
            connection.Report(batch, Letters.Delivered);
        }
        Assert.Equal(35, taken.Distinct().Count());
        await harness.UntilEmptyAsync(Domain);
        Assert.InRange(most, 1, 10);
        Assert.Equal(0, await harness.Database.CountAsync("spool_ref"));
    }

    [Fact]
    public async Task A_pull_that_waited_longer_than_its_site_does_takes_nothing()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.CreateAsync(clock: clock);
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "user@example.com"));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Site: FakeRouter.Site });
        var (isReading, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.Spool.BeforeEnvelopes = _ =>
        {
            isReading.TrySetResult();
            return goOn.Task;
        };
        var late = harness.Connect();
        late.Ask(Domain);
        await isReading.Task.WaitAsync(QueueHarness.Patience, Cancel);
        await harness.StatusAsync(Domain);
        clock.Advance(TimeSpan.FromSeconds(5));
        var swift = harness.Connect();
        swift.Ask(Domain);
        await harness.StatusAsync(Domain);
        goOn.SetResult();

        Assert.Single((await swift.BatchAsync()).Refs);
        Assert.False(late.Probe.HasMessages);
    }

    [Fact]
    public async Task A_pull_that_comes_twice_is_answered_once_and_holds_no_other_up()
    {
        await using var harness = await QueueHarness.StartAsync();
        for (var i = 0; i < 3; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q is { Ready: 3, Site: FakeRouter.Site });
        var (first, second) = (harness.Connect(), harness.Connect());
        var pull = new PullWork(0, new QueueKey(Domain), FakeRouter.Site, -1, 1, first.Probe, harness.Site);
        for (var i = 0; i < 2; i++)
            harness.Partition.Tell(pull, Akka.Actor.ActorRefs.NoSender);
        var batch = await first.BatchAsync();
        await second.PullAsync(Domain, max: 1);
        first.Report(batch, Letters.Delivered);
        await harness.SettledAsync();
        Assert.Single((await second.PullAsync(Domain)).Refs);
        Assert.False(first.Probe.HasMessages);
    }

    [Fact]
    public async Task A_site_that_cannot_be_reached_answers_the_pulls_that_wait()
    {
        await using var harness = await QueueHarness.CreateAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Site: FakeRouter.Site });
        var goOn = new TaskCompletionSource();
        harness.Spool.BeforeEnvelopes = _ => goOn.Task;
        var connection = harness.Connect();
        connection.Ask(Domain);
        harness.Partition.Tell(
            new SiteUnreachable(0, new QueueKey(Domain), FakeRouter.Site, DeferralReason.HostUnreachable, Letters.Reply(451, 4, 4, 1, "no")),
            Akka.Actor.ActorRefs.NoSender);
        Assert.Empty((await connection.BatchAsync()).Refs);
        goOn.SetResult();
        await harness.UntilAsync(Domain, q => q is { Deferred: 1, Ready: 0 });
    }
}
