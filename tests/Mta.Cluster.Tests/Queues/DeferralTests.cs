using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Refs that wait: journaled before they are scheduled, the same after a lost owner, and tried again when it is time.</summary>
public sealed class DeferralTests
{
    private const string Domain = "example.com";
    private static readonly SmtpReply Greylisted = ((RecipientOutcome.Deferred)Letters.Later).Reply;

    [Fact]
    public async Task A_deferral_stands_after_a_lost_owner_as_it_was()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        var before = await harness.UntilAsync(Domain, q => q is { Deferred: 1, NextDue: not null });
        Assert.InRange(before.NextDue!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
        await harness.KillPartitionAsync();
        Assert.Equal(
            [new RefDeferred(letter.Ref(), 1, before.NextDue.Value, DeferralReason.RecipientDeferred, Greylisted)], await harness.JournaledAsync());

        await harness.StartPartitionAsync();
        var after = await harness.UntilAsync(Domain, q => q.NextDue is not null);
        Assert.Equal(before with { Site = "" }, after);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
    }

    [Fact]
    public async Task Recipients_of_one_ref_that_end_differently_are_kept_one_by_one()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(clock: clock);
        var letter = Letters.At(clock.GetUtcNow(), "done@example.com", "wait@example.com", "gone@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Delivered, Letters.Later, Letters.Never);

        var settled = await harness.SettledAsync();
        Assert.Empty(settled.Finished);
        Assert.Single(settled.Returns);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        await harness.KillPartitionAsync();
        var deferral = Assert.Single(await harness.JournaledAsync());
        Assert.Equal((letter.Ref(), 1, DeferralReason.RecipientDeferred), (deferral.Id, deferral.Attempts, deferral.Reason));
        Assert.Equal([letter.Envelope.Recipients[1]], (await harness.StoredAsync(letter.Ref()))!.Envelope.Recipients);

        clock.Advance(TimeSpan.FromMinutes(6));
        await harness.StartPartitionAsync();
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        var again = Assert.Single((await connection.PullAsync(Domain)).Refs);
        Assert.Equal(2, again.Attempt);
        Assert.Equal([letter.Envelope.Recipients[1]], again.Ref.Envelope.Recipients);
    }

    [Fact]
    public async Task A_deferred_ref_is_offered_again_when_its_time_has_come()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Retry.First = TimeSpan.FromMilliseconds(50));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var batch = await connection.TakeAsync();
            Assert.Equal(attempt, Assert.Single(batch.Refs).Attempt);
            connection.Report(batch, attempt < 3 ? Letters.Later : Letters.Delivered);
        }
        Assert.Single((await harness.SettledAsync()).Finished);
    }

    [Fact]
    public async Task A_site_that_cannot_be_reached_defers_all_that_is_ready_each_by_its_own_schedule()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var harness = await QueueHarness.StartAsync(o => o.Retry.Jitter = 0, clock: clock);
        var older = Letters.At(clock.GetUtcNow(), "user@example.com");
        await harness.AcceptAsync(older);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        await harness.KillPartitionAsync();
        clock.Advance(TimeSpan.FromMinutes(6));
        await harness.StartPartitionAsync();
        var newer = Letters.At(clock.GetUtcNow(), "user@example.com");
        await harness.AcceptAsync(newer);
        await harness.UntilAsync(Domain, q => q is { Ready: 2, Site: FakeRouter.Site });

        var reply = Letters.Reply(451, 4, 4, 1, "no host answers");
        TellUnreachable(harness, "another site", reply);
        TellUnreachable(harness, FakeRouter.Site, reply);
        await harness.UntilAsync(Domain, q => q.Deferred == 2);
        await harness.KillPartitionAsync();
        Assert.Equal(
            [
                new RefDeferred(older.Ref(), 2, clock.GetUtcNow().AddMinutes(10), DeferralReason.HostUnreachable, reply),
                new RefDeferred(newer.Ref(), 1, clock.GetUtcNow().AddMinutes(5), DeferralReason.HostUnreachable, reply),
            ],
            await harness.JournaledAsync());
    }

    [Fact]
    public async Task A_site_that_cannot_be_reached_defers_also_what_is_not_in_memory()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.MaxEnvelopesInMemory = 10);
        for (var i = 0; i < 30; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q is { Ready: 30, Site: FakeRouter.Site });
        TellUnreachable(harness, FakeRouter.Site, Greylisted);
        await harness.UntilAsync(Domain, q => q is { Deferred: 30, Ready: 0 });
    }

    [Fact]
    public async Task A_domain_without_a_route_for_now_is_deferred_with_the_routers_words()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Always = new RouteResult.Deferred(DeferralReason.DnsFailure, Letters.Reply(451, 4, 4, 3, "SERVFAIL"));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var status = await harness.UntilAsync(Domain, q => q.Deferred == 1);
        Assert.Equal((DeferralReason.DnsFailure, "451 4.4.3 SERVFAIL", ""), (status.LastReason, status.LastReply, status.Site));
    }

    [Fact]
    public async Task A_router_that_fails_defers_and_stops_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Answer = async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("a fault of the program");
        };
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var status = await harness.UntilAsync(Domain, q => q.Deferred == 1);
        Assert.Equal(DeferralReason.LocalError, status.LastReason);
    }

    [Fact]
    public async Task A_name_server_that_fails_does_not_undo_the_way_that_is_known()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Router.Always = FakeRouter.Routed(validFor: TimeSpan.Zero);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.OfferedAsync();
        harness.Router.Always = new RouteResult.Deferred(DeferralReason.DnsFailure, Greylisted);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q is { Ready: 2, Deferred: 0, Site: FakeRouter.Site });
        Assert.Equal(2, (await harness.Connect().PullAsync(Domain)).Refs.Length);
    }

    private static void TellUnreachable(QueueHarness harness, string site, SmtpReply reply) => harness.Partition.Tell(
        new SiteUnreachable(0, new QueueKey(Domain), site, DeferralReason.HostUnreachable, reply), Akka.Actor.ActorRefs.NoSender);
}
