using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Listing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>What operators see of a partition: totals, details, and figures that are read while it works.</summary>
public sealed class ListingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Totals_count_all_queues_and_details_are_of_the_deepest()
    {
        await using var harness = await QueueHarness.StartAsync();
        for (var i = 0; i < 6; i++)
            await harness.AcceptAsync(Letters.To($"user@d{(i < 3 ? 0 : i < 5 ? 1 : 2)}.example"));
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals.Depth == 6, () => "not all have arrived");
        var listing = await harness.ListAsync(limit: 2);
        Assert.Equal(3, listing.Totals.Queues);
        Assert.Equal((6, 6, 0, 0), (listing.Totals.Depth, listing.Totals.Ready, listing.Totals.Deferred, listing.Totals.InFlight));
        Assert.Equal([("d0.example", 3), ("d1.example", 2)], listing.Queues.Select(q => (q.Queue.Domain, q.Ready)).Order());
    }

    [Fact]
    public async Task A_queue_tells_where_its_refs_stand_and_why_they_wait()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letters = Enumerable.Range(0, 4).Select(_ => Letters.To("user@example.com")).ToList();
        foreach (var letter in letters)
            await harness.AcceptAsync(letter);
        await harness.UntilAsync("example.com", q => q.Ready == 4);
        var connection = harness.Connect();
        var batch = await connection.PullAsync("example.com", max: 2);
        connection.Report(batch, batch.Refs[0].Ref, Letters.Later);
        var status = await harness.UntilAsync("example.com", q => q is { Deferred: 1, NextDue: not null });
        Assert.Equal((2, 1, 1, 4), (status.Ready, status.InFlight, status.Deferred, status.Depth));
        Assert.Equal((FakeRouter.Site, "451 4.7.1 greylisted", DeferralReason.RecipientDeferred), (status.Site, status.LastReply, status.LastReason));
        Assert.Equal(letters[0].ArrivedAt.UtcDateTime, status.Oldest!.Value.UtcDateTime, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task What_a_peer_said_is_escaped()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Always = new RouteResult.Deferred(DeferralReason.DnsFailure, Letters.Reply(451, 4, 4, 3, "bad\u001b[31m\r\nnews"));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        Assert.DoesNotContain((await harness.UntilAsync("example.com", q => q.Deferred == 1)).LastReply, char.IsControl);
        Assert.DoesNotContain(harness.Log.All, line => line.Any(char.IsControl));
    }

    [Fact]
    public async Task All_lanes_of_a_domain_are_found_and_no_other_domain()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.AcceptAsync(Letters.To("user@example.org"));
        var taken = (await harness.Connect().TakeAsync()).Refs[0].Ref;
        harness.AnnounceAgain(taken with { Id = Letters.To("user@example.com").Ref(), Queue = new QueueKey("example.com", 2) });
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals.Depth == 3, () => "not all have arrived");
        Assert.Equal(["example.com", "example.com#2"], (await harness.ListAsync(domain: "example.com")).Queues.Select(q => q.Queue.ToString()).Order());
    }

    [Fact]
    public async Task A_queue_that_stands_still_is_listed_as_it_was()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Always = FakeRouter.Routed(validFor: TimeSpan.Zero);
        await harness.AcceptAsync(Letters.To("user@stuck.example"));
        await harness.UntilAsync("stuck.example", q => q.Ready == 1);
        // It asks for its route again, and stands still over it.
        var (goOn, isStuck) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        harness.Router.Answer = _ =>
        {
            isStuck.TrySetResult();
            goOn.Task.Wait(QueueHarness.Patience, Cancel);
            return new(FakeRouter.Routed());
        };
        await isStuck.Task.WaitAsync(QueueHarness.Patience, Cancel);
        var listing = await harness.ListAsync();
        goOn.SetResult();
        Assert.Equal(("stuck.example", 1, FakeRouter.Site), (Assert.Single(listing.Queues).Queue.Domain, listing.Queues[0].Ready, listing.Queues[0].Site));
    }

    [Fact]
    public async Task Queues_awake_and_dormant_are_sorted_filtered_and_paged_alike()
    {
        await using var harness = await QueueHarness.StartAsync(options => options.IdleAfter = TimeSpan.FromSeconds(1));
        harness.Router.Answer = domain => new(domain.StartsWith('d') ? new RouteResult.Deferred(DeferralReason.DnsFailure, Failed) : FakeRouter.Routed());
        foreach (var (domain, count) in new[] { ("d1.example", 1), ("d2.example", 3), ("a1.example", 2), ("a2.other", 4) })
        {
            for (var i = 0; i < count; i++)
                await harness.AcceptAsync(Letters.To($"user@{domain}"));
        }
        await Eventually.IsSoAsync(
            async () => (await harness.ListAsync()).Totals is { Deferred: 4, Ready: 6 } && Dormant(harness) == 2, () => "the deferred do not go dormant");

        Assert.Equal("a2.other d2.example a1.example d1.example", await Names(harness, All));
        Assert.Equal("d1.example a1.example d2.example a2.other", await Names(harness, All with { IsAscending = true }));
        Assert.Equal("d2.example d1.example a1.example a2.other", await Names(harness, All with { Order = QueueOrder.Deferred }));
        Assert.Equal("d2.example d1.example a2.other a1.example", await Names(harness, All with { Order = QueueOrder.Name }));
        Assert.Equal("d1.example d2.example a1.example a2.other", await Names(harness, All with { Order = QueueOrder.Oldest, IsAscending = true }));
        Assert.Equal("d2.example a1.example d1.example", await Names(harness, All with { Domains = "*.example" }));
        Assert.Equal("d2.example d1.example", await Names(harness, All with { Reason = DeferralReason.DnsFailure }));
        Assert.Equal("a2.other a1.example", await Names(harness, All with { Site = FakeRouter.Site }));
        var second = await harness.ListAsync(All with { Limit = 2, After = new QueuePosition(3, new QueueKey("d2.example")) });
        Assert.Equal(("a1.example d1.example", 4), (string.Join(' ', second.Queues.Select(q => q.Queue)), second.Count));
    }

    [Fact]
    public async Task A_rate_rises_with_what_comes_and_leaves()
    {
        await using var harness = await QueueHarness.StartAsync();
        for (var i = 0; i < 20; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        var status = await harness.UntilAsync("example.com", q => q.RateIn > 0);
        Assert.Equal(0, status.RateOut);
        var connection = harness.Connect();
        var batch = await connection.PullAsync("example.com", max: 10);
        foreach (var one in batch.Refs)
            connection.Report(batch, one.Ref, Letters.Delivered);
        status = await harness.UntilAsync("example.com", q => q is { Depth: 10, RateOut: > 0 });
        Assert.True((await harness.ListAsync()).Totals is { RateIn: > 0, RateOut: > 0 });
    }

    [Fact]
    public async Task The_oldest_is_found_again_when_it_has_left()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letters = Enumerable.Range(0, 3).Select(_ => Letters.To("user@example.com")).ToList();
        foreach (var letter in letters)
            await harness.AcceptAsync(letter);
        await harness.UntilAsync("example.com", q => q.Ready == 3);
        var connection = harness.Connect();
        var batch = await connection.PullAsync("example.com", max: 2);
        foreach (var one in batch.Refs)
            connection.Report(batch, one.Ref, Letters.Delivered);
        await harness.UntilAsync("example.com", q => q is { Depth: 1, Oldest: { } oldest } && (oldest - letters[2].ArrivedAt).Duration() < TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Mail_is_added_up_by_site()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Answer = domain => new(domain.StartsWith('d') ? new RouteResult.Deferred(DeferralReason.DnsFailure, Failed) : FakeRouter.Routed());
        foreach (var domain in new[] { "a.example", "a.example", "b.example", "d.example" })
            await harness.AcceptAsync(Letters.To($"user@{domain}"));
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals is { Deferred: 1, Ready: 3 }, () => "not all have arrived");
        var sites = (await harness.SitesAsync()).Sites;
        Assert.Equal([FakeRouter.Site, ""], sites.Select(s => s.Site));
        Assert.Equal((2, 3, 3, 0), (sites[0].Totals.Queues, sites[0].Totals.Depth, sites[0].Totals.Ready, sites[0].Suspended));
        Assert.Equal((1, 1, Failed.ToString()), (sites[1].Totals.Queues, sites[1].Totals.Deferred, sites[1].LastReply));
    }

    [Fact]
    public async Task Figures_that_are_read_while_queues_come_and_go_are_never_nonsense()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync("example.com", q => q.Ready == 1);
        var announced = (await harness.StoredAsync((await harness.StoredAsync())[0].Id))!;
        for (var i = 0; i < 3000; i++)
            harness.AnnounceAgain(announced with { Id = announced.Id with { Ordinal = i + 1 }, Queue = new QueueKey($"d{i}.example") });
        IReadOnlyList<double> depth;
        do
        {
            harness.Measurements.ReadGauges();
            depth = harness.Measurements.Rest("mta.queues.depth");
            Assert.True(depth[0] >= 1, "the one that was ready before is not counted");
        }
        while (depth[0] < 3001);
        Assert.Equal([3001, 0, 0, 0], depth);
        await harness.KillPartitionAsync();
        harness.Measurements.ReadGauges();
        Assert.Equal([0, 0, 0, 0], harness.Measurements.Rest("mta.queues.depth"));
    }

    private static SmtpReply Failed { get; } = Letters.Reply(451, 4, 4, 3, "no name server answers");

    private static QueueQuery All => QueueQuery.Deepest(100);

    private static async Task<string> Names(QueueHarness harness, QueueQuery query) => string.Join(' ', (await harness.ListAsync(query)).Queues.Select(q => q.Queue));

    private static double Dormant(QueueHarness harness)
    {
        harness.Measurements.ReadGauges();
        return harness.Measurements.Rest("mta.queues.domains")[1];
    }
}
