using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Operations;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>A suspended destination: its mail is taken and kept, by this owner and by the next, until it is resumed or the time is over.</summary>
public sealed class SuspensionTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_suspended_queue_takes_mail_and_offers_none_until_it_is_resumed()
    {
        await using var harness = await QueueHarness.StartAsync();
        var suspended = await SuspendAsync(harness, Domain);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.AcceptAsync(Letters.To("user@other.example"));
        var other = await harness.OfferedAsync();
        Assert.Equal("other.example", other.Queue.Domain);
        Assert.Equal(suspended.Id, (await harness.UntilAsync(Domain, q => q.Ready == 1)).Suspension);
        Assert.Equal("", (await harness.StatusAsync("other.example"))!.Suspension);
        // Whoever pulls nevertheless gets nothing.
        Assert.Empty((await harness.Connect().PullAsync(Domain)).Refs);

        Assert.Equal(1, Standing(harness));
        Assert.Empty((await Control(harness).ResumeAsync(suspended.Id, Cancel))!.Items);
        Assert.Equal(0, Standing(harness));
        Assert.Equal(Domain, (await OfferOfAsync(harness, Domain)).Queue.Domain);
        Assert.Single((await harness.Connect().PullAsync(Domain)).Refs);
        await harness.LoggedAsync($"suspended domain {Domain} until it is resumed");
        await harness.LoggedAsync($"resumed domain {Domain}");
    }

    [Fact]
    public async Task What_was_offered_is_withdrawn_and_what_is_in_flight_ends()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain, max: 1);
        await SuspendAsync(harness, "*.com");
        await harness.Site.FishForMessageAsync(m => m is OfferWork { Ready: 0 } withdrawn && withdrawn.Queue.Domain == Domain, QueueHarness.Patience, cancellationToken: Cancel);
        connection.Report(batch, Letters.Delivered);
        Assert.Single((await harness.SettledAsync()).Finished);
        await harness.UntilAsync(Domain, q => q is { Ready: 1, InFlight: 0 });
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
    }

    [Fact]
    public async Task The_next_owner_heeds_it_from_the_start_and_lifts_it_when_told()
    {
        await using var harness = await QueueHarness.StartAsync();
        var suspended = await SuspendAsync(harness, "*");
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.RestartPartitionAsync();
        Assert.Equal(suspended.Id, (await harness.UntilAsync(Domain, q => q.Ready == 1)).Suspension);
        Assert.Empty((await harness.Connect().PullAsync(Domain)).Refs);
        Assert.Equal([suspended], (await HeldAsync(harness)).Items);

        Assert.NotNull(await Control(harness).ResumeAsync(suspended.Id, Cancel));
        await harness.RestartPartitionAsync();
        Assert.Equal(Domain, (await OfferOfAsync(harness, Domain)).Queue.Domain);
        Assert.Empty((await HeldAsync(harness)).Items);
    }

    [Fact]
    public async Task It_ends_by_itself_when_its_time_is_over()
    {
        await using var harness = await QueueHarness.StartAsync();
        await Control(harness).SuspendAsync(Of(Domain), DateTimeOffset.UtcNow.AddMilliseconds(700), "otto", "", Cancel);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var offer = await OfferOfAsync(harness, Domain);
        Assert.Equal(1, offer.Ready);
        Assert.Empty((await HeldAsync(harness)).Items);
        Assert.Equal("", (await harness.StatusAsync(Domain))!.Suspension);
    }

    [Fact]
    public async Task A_site_is_suspended_with_all_domains_that_it_serves_and_no_other()
    {
        await using var harness = await QueueHarness.StartAsync();
        var scope = new SuspensionScope(SuspensionKind.Site, FakeRouter.Site);
        var suspended = (await Control(harness).SuspendAsync(scope, null, "otto", "", Cancel))!.Suspension;
        await harness.AcceptAsync(Letters.To("user@example.com"));
        Assert.Equal(suspended.Id, (await harness.UntilAsync(Domain, q => q is { Ready: 1, Suspension: not "" })).Suspension);
        Assert.Empty((await harness.Connect().PullAsync(Domain)).Refs);
        await Control(harness).ResumeAsync(suspended.Id, Cancel);
        await OfferOfAsync(harness, Domain);
    }

    [Fact]
    public async Task Mail_of_a_suspended_domain_does_not_fail_for_want_of_a_way()
    {
        await using var harness = await QueueHarness.StartAsync();
        var suspended = await SuspendAsync(harness, Domain);
        harness.Router.Always = new RouteResult.Rejected(Letters.Reply(556, 5, 1, 10, "null MX"));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.PassAsync();
        Assert.Single(await harness.StoredAsync());
        await Control(harness).ResumeAsync(suspended.Id, Cancel);
        Assert.Single((await harness.SettledAsync()).Finished);
    }

    [Fact]
    public async Task A_dormant_queue_is_listed_as_suspended_and_wakes_suspended()
    {
        await using var harness = await QueueHarness.StartAsync(o => (o.IdleAfter, o.Retry.First, o.Retry.Jitter) = (TimeSpan.Zero, TimeSpan.FromSeconds(1), 0));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        var suspended = await SuspendAsync(harness, Domain);
        Assert.Equal(suspended.Id, (await harness.UntilAsync(Domain, q => q.Ready == 1)).Suspension);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
    }

    [Fact]
    public async Task Snapshots_hold_it()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.Retry.First, o.Retry.Factor) = (TimeSpan.FromMilliseconds(50), 1), QueueHarness.Quick with { SnapshotAfter = 5 });
        var suspended = await SuspendAsync(harness, "other.example");
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        for (var i = 0; i < 8; i++)
            connection.Report(await connection.TakeAsync(), Letters.Later);
        await Eventually.IsSoAsync(
            async () => await harness.JournalSqlAsync("SELECT count(*) FROM event_journal WHERE manifest = 'suspensions-changed:1' AND persistence_id = 'partition-0'") == "0",
            () => "the event before the snapshot is still there");
        // A later revision of nobody's: the partition tells what it keeps.
        await harness.RestartPartitionAsync();
        Assert.Equal(1, (await harness.Partition.Ask<SuspensionsKept>(new KeepSuspensions(0, SuspensionSet.None), QueueHarness.Patience, Cancel)).Revision);
        await harness.AcceptAsync(Letters.To("user@other.example"));
        Assert.Equal(suspended.Id, (await harness.UntilAsync("other.example", q => q.Ready == 1)).Suspension);
    }

    [Fact]
    public async Task An_order_that_comes_again_or_late_changes_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        var newer = new SuspensionSet(9, [new Suspension("new", Of(Domain), DateTimeOffset.UtcNow, null, "otto", "")]);
        foreach (var (set, kept) in new[] { (newer, 9), (newer, 9), (new SuspensionSet(4, []), 9) })
            Assert.Equal(kept, (await harness.Partition.Ask<SuspensionsKept>(new KeepSuspensions(0, set), QueueHarness.Patience, Cancel)).Revision);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        Assert.Equal("new", (await harness.UntilAsync(Domain, q => q.Ready == 1)).Suspension);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_resumed()
    {
        await using var harness = await QueueHarness.StartAsync();
        Assert.Null(await Control(harness).ResumeAsync("nothing", Cancel));
    }

    internal static LedgerSuspensions Control(QueueHarness harness) => new(new LedgerAsk(harness.Services.Partitions, TimeProvider.System, QueueHarness.Patience), TimeProvider.System);

    private static double Standing(QueueHarness harness)
    {
        harness.Measurements.ReadGauges();
        return harness.Measurements.Rest("mta.queues.suspensions")[^1];
    }

    private static SuspensionScope Of(string pattern) => new(SuspensionKind.Domain, pattern);

    // The ledger starts when its partition has recovered, and is not there at once.
    private static async Task<SuspensionsHeld> HeldAsync(QueueHarness harness) => await Control(harness).ListAsync(Cancel);

    private static async Task<Suspension> SuspendAsync(QueueHarness harness, string pattern)
    {
        var ordered = (await Control(harness).SuspendAsync(Of(pattern), null, "otto", "their maintenance", Cancel))!;
        Assert.Empty(ordered.Pending);
        return ordered.Suspension;
    }

    private static async Task<OfferWork> OfferOfAsync(QueueHarness harness, string domain) => (OfferWork)await harness.Site.FishForMessageAsync(
        m => m is OfferWork { Ready: > 0 } offer && offer.Queue.Domain == domain, QueueHarness.Patience, cancellationToken: Cancel);
}
