using Akka.Actor;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>Mail that is sent another way, and mail with another expiry, by order: for what is queued, and for domains as long as a route stands.</summary>
public sealed class RerouteTests
{
    private const string Domain = "example.com";
    private const string Relay = "relay.test:25";
    private static readonly string RelaySite = FakeRouter.SiteOf(Relay);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_with_a_route_of_its_own_is_offered_to_its_site_alone_beyond_its_owner_and_delivered_once()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        var letter = Letters.To("mine@example.com");
        await harness.AcceptAsync(letter);
        await harness.AcceptAsync(Letters.To("other@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        Assert.Equal(1, await harness.DoAsync(JobAction.Reroute, MessageFilter.All with { Recipient = "mine@example.com" }, j => j with { Route = Relay }));
        Assert.Equal(0, await harness.DoAsync(JobAction.Reroute, MessageFilter.All with { Recipient = "mine@example.com" }, j => j with { Route = Relay }));
        await harness.RestartPartitionAsync();
        var offer = await harness.OfferedAsync(RelaySite);
        Assert.Equal(("example.com>1", 1), (offer.Queue.ToString(), offer.Ready));
        await harness.UntilSitesAsync(FakeRouter.Site, RelaySite);
        Assert.Equal(Relay, (await harness.ListAsync()).Queues.Single(q => q.Site == RelaySite).Route);
        Assert.Equal((Relay, "example.com>1"), ((await harness.FindAsync(MessageFilter.All)).Messages.Single(m => m.Id == letter.Ref()).Route, offer.Queue.ToString()));
        // Its announcement comes again.
        harness.AnnounceAgain((await harness.StoredAsync(letter.Ref()))!);
        await harness.PassAsync();
        var connection = harness.Connect();
        Assert.DoesNotContain((await connection.PullAsync(Domain)).Refs, r => r.Ref.Id == letter.Ref());
        var batch = await harness.TakeAsync(connection, offer, 900_001);
        Assert.Equal(letter.Ref(), Assert.Single(batch.Refs).Ref.Id);
        connection.Report(batch, Letters.Delivered);
        Assert.Equal([letter.Ref()], (await harness.SettledAsync()).Finished);
    }

    [Fact]
    public async Task Rerouted_mail_may_be_held_released_and_sent_its_domains_way_again()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.AcceptAsync(Letters.To("mine@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.DoAsync(JobAction.Hold, MessageFilter.All);
        Assert.Equal(1, await harness.DoAsync(JobAction.Reroute, MessageFilter.All, j => j with { Route = Relay }));
        await harness.UntilAsync(Domain, q => q is { Held: 1, Depth: 1, Route: Relay });
        Assert.Equal(1, await harness.DoAsync(JobAction.Release, MessageFilter.All));
        await harness.OfferedAsync(RelaySite);
        Assert.Equal(1, await harness.DoAsync(JobAction.Reroute, MessageFilter.All));
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Depth: 1, Route: "" });
        Assert.Single((await harness.Connect().PullAsync(Domain)).Refs);
    }

    [Fact]
    public async Task Rerouted_mail_can_be_bounced_and_its_attempts_are_counted_on()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Retry.First = TimeSpan.FromHours(1), Orders.Pace);
        var connection = harness.Connect();
        await harness.AcceptAsync(Letters.To("mine@example.com"));
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        await harness.DoAsync(JobAction.Reroute, MessageFilter.All, j => j with { Route = Relay });
        await harness.UntilAsync(Domain, q => q is { Deferred: 1, Route: Relay });
        await harness.DoAsync(JobAction.Retry, MessageFilter.All);
        var batch = await harness.TakeAsync(connection, await harness.OfferedAsync(RelaySite), 900_002);
        Assert.Equal(2, Assert.Single(batch.Refs).Attempt);
        connection.Report(batch, Letters.Later);
        Assert.Equal(1, await harness.DoAsync(JobAction.Bounce, Orders.To(Domain)));
        await harness.UntilEmptyAsync(Domain);
    }

    [Fact]
    public async Task Another_expiry_moves_the_last_attempt_and_is_taken_back()
    {
        await using var harness = await QueueHarness.StartAsync(o => (o.Retry.First, o.Retry.Max, o.IdleAfter) = (TimeSpan.FromHours(5), TimeSpan.FromHours(5), TimeSpan.Zero), Orders.Pace);
        var connection = harness.Connect();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        connection.Report(await connection.TakeAsync(), Letters.Later);
        var before = await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        Assert.Equal(1, await harness.DoAsync(JobAction.Expire, MessageFilter.All, j => j with { Lifetime = TimeSpan.FromHours(1) }));
        await harness.UntilAsync(Domain, q => q.NextDue == letter.ArrivedAt.AddHours(1));
        await harness.RestartPartitionAsync();
        await harness.UntilAsync(Domain, q => q.NextDue == letter.ArrivedAt.AddHours(1));
        Assert.Equal(letter.ArrivedAt.AddHours(1), (await harness.FindAsync(MessageFilter.All)).Messages.Single().ExpiresAt);
        Assert.Equal(1, await harness.DoAsync(JobAction.Expire, MessageFilter.All));
        await harness.UntilAsync(Domain, q => q.NextDue == before.NextDue);
        // Over already: one last attempt, and its sender is told.
        Assert.Equal(1, await harness.DoAsync(JobAction.Expire, MessageFilter.All, j => j with { ExpiresAt = DateTimeOffset.UtcNow }));
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilEmptyAsync(Domain);
        await harness.UntilAsync("example.org", q => q.Depth == 1);
        await harness.LoggedAsync("why=expired");
    }

    [Fact]
    public async Task A_standing_route_leads_what_is_queued_and_what_comes_until_it_ends()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.OfferedAsync(FakeRouter.Site);
        var route = (await harness.Rules().RouteAsync("*.com", Relay, null, "otto", "their relay", Cancel))!;
        Assert.Empty(route.Pending);
        await harness.Site.FishForMessageAsync(m => m is OfferWork { Site: FakeRouter.Site, Ready: 0 }, QueueHarness.Patience, cancellationToken: Cancel);
        Assert.Equal(Domain, (await harness.OfferedAsync(RelaySite)).Queue.ToString());
        Assert.Empty((await harness.Connect().PullAsync(Domain)).Refs);
        await harness.RestartPartitionAsync();
        await harness.AcceptAsync(Letters.To("two@example.com"));
        var status = await harness.UntilAsync(Domain, q => q.Ready == 2 && q.Site == RelaySite);
        Assert.Equal(Relay, status.Route);
        Assert.Empty((await harness.Rules().EndRouteAsync(route.Rule.Id, Cancel))!.Set.Routes);
        await harness.UntilAsync(Domain, q => q.Site == FakeRouter.Site && q.Route.Length == 0);
        // One has its envelope in memory, that of the other is read.
        for (var taken = 0; taken < 2;)
            taken += (await harness.Connect().PullAsync(Domain)).Refs.Length;
        await harness.LoggedAsync($"route {route.Rule.Id}: *.com via {Relay} until it is ended ordered by otto");
        await harness.LoggedAsync($"route {route.Rule.Id}: *.com via {Relay} is ended");
        Assert.Null(await harness.Rules().EndRouteAsync("nothing", Cancel));
    }

    [Fact]
    public async Task A_standing_route_ends_at_its_time_and_yields_to_a_route_of_the_mails_own()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace, clock: clock);
        await harness.Rules().RouteAsync("*", "mx", clock.GetUtcNow().AddMinutes(30), "otto", "", Cancel);
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "one@example.com"));
        await harness.AcceptAsync(Letters.At(clock.GetUtcNow(), "mine@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2 && q.Site == FakeRouter.SiteOf("mx"));
        await harness.DoAsync(JobAction.Reroute, MessageFilter.All with { Recipient = "mine@example.com" }, j => j with { Route = Relay });
        await harness.OfferedAsync(RelaySite);
        clock.Advance(TimeSpan.FromMinutes(30));
        await harness.OfferedAsync(FakeRouter.Site);
        Assert.Contains($"{Domain} via mx", harness.Router.Ways);
        Assert.Contains($"{Domain} via {Relay}", harness.Router.Ways);
        await harness.UntilSitesAsync(FakeRouter.Site, RelaySite);
    }

    [Fact]
    public async Task An_order_that_comes_again_or_late_changes_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        var route = new RouteRule("new", Domain, Relay, DateTimeOffset.UtcNow, null, "otto", "");
        var newer = new RuleSet(9, [], [route]);
        foreach (var (set, kept) in new[] { (newer, 9), (newer, 9), (RuleSet.None with { Revision = 4 }, 9) })
            Assert.Equal(kept, (await harness.Partition.Ask<RulesKept>(new KeepRules(0, set), QueueHarness.Patience, Cancel)).Revision);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.OfferedAsync(RelaySite);
    }

    [Fact]
    public async Task A_dry_run_counts_what_a_job_would_take_and_in_how_many_queues()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Orders.Pace);
        foreach (var domain in new[] { "a.example", "a.example", "b.example", "other.test" })
            await harness.AcceptAsync(Letters.To($"user@{domain}"));
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals.Ready == 4, () => "not all have arrived");
        await harness.DoAsync(JobAction.Hold, Orders.To("b.example"));
        var search = new PartitionSearch(harness.Services.Partitions, 1, harness.Spool, QueueHarness.Patience);
        var filter = Orders.To("*.example");
        Assert.Equal((3L, 2), await CountAsync(search, filter, null));
        Assert.Equal((2L, 1), await CountAsync(search, filter, harness.Jobs().Draft(JobAction.Hold, filter, "", "otto")));
        Assert.Equal((1L, 1), await CountAsync(search, filter, harness.Jobs().Draft(JobAction.Release, filter, "", "otto")));
        Assert.Equal(2, await harness.DoAsync(JobAction.Hold, filter));
        static async Task<(long, int)> CountAsync(PartitionSearch search, MessageFilter filter, MessageJob? job)
        {
            var count = await search.CountAsync(filter, job, Cancel);
            Assert.Empty(count.SilentPartitions);
            return (count.Refs, count.Queues);
        }
    }
}
