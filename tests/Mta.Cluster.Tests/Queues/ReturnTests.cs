using Mta.Cluster.Delivery;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Notifications: stored in the transaction that ends what they tell of, sent like any mail, and not sent where nobody wants them.</summary>
public sealed class ReturnTests
{
    private const string Domain = "example.com";
    private const string Home = "example.org";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_ref_goes_and_its_notification_comes_in_one_transaction()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        await harness.Database.ExecuteAsync("CREATE TRIGGER full BEFORE INSERT ON spool_message BEGIN SELECT RAISE(ABORT, 'no room'); END");
        connection.Report(batch, Letters.Never);
        await harness.LoggedAsync("a settlement failed");
        Assert.Equal(letter.Ref(), Assert.Single(await harness.StoredAsync()).Id);

        await harness.Database.ExecuteAsync("DROP TRIGGER full");
        await harness.SettledAsync();
        var (text, stored) = await Notification.FindAsync(harness);
        Assert.Equal(("user@example.com", "failed", "5.1.1"), Assert.Single(text.Words));
        Assert.Equal(Letters.Sender, text.To);
        Assert.True(stored.Envelope.ReversePath.IsNull);
        Assert.Equal(Letters.Mailbox(Letters.Sender), Assert.Single(stored.Envelope.Recipients).Address);
        Assert.Equal(0, await harness.Database.CountAsync($"spool_message WHERE hex(id) = '{letter.Id.ToString().ToUpperInvariant()}'"));
    }

    [Fact]
    public async Task A_notification_is_sent_as_it_is_stored()
    {
        // Without a cache that holds the body too, nothing but the settlement does.
        await using var harness = await QueueHarness.StartAsync(spool: new SpoolOptions { CacheBytes = 0 });
        await BounceAsync(harness, Letters.To("user@example.com"));
        var (text, stored) = await Notification.FindAsync(harness);
        var batch = await harness.Connect().TakeAsync();
        var taken = Assert.Single(batch.Refs).Ref;
        Assert.Equal((Home, stored.Id, text.Size), (batch.Queue.Domain, taken.Id, taken.Size));
        Assert.Equal(stored with { Envelope = taken.Envelope }, taken);
    }

    [Fact]
    public async Task A_notification_that_fails_ends_without_another()
    {
        await using var harness = await QueueHarness.StartAsync();
        await BounceAsync(harness, Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Never);
        Assert.Empty((await harness.SettledAsync()).Returns);
        Assert.Empty(await harness.StoredAsync());
    }

    [Fact]
    public async Task Mail_from_nobody_is_returned_to_nobody()
    {
        await using var harness = await QueueHarness.StartAsync();
        Assert.Empty((await BounceAsync(harness, Letters.To("user@example.com").FromNobody())).Returns);
        Assert.Empty(await harness.StoredAsync());
    }

    [Fact]
    public async Task A_sender_who_wants_to_hear_nothing_hears_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        Assert.Empty((await BounceAsync(harness, Letters.To("user@example.com").Notify(DsnNotify.Never))).Returns);
        Assert.Empty(await harness.StoredAsync());
    }

    [Theory]
    [InlineData(true, false, "relayed")]
    [InlineData(false, true, "delivered")]
    public async Task Success_is_told_to_a_sender_who_asked_where_nobody_else_does(bool relayed, bool final, string action)
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com").Notify(DsnNotify.Success));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), new RecipientOutcome.Delivered(Letters.Reply(250, 2, 1, 5, "OK"), relayed, final));
        Assert.Single((await harness.SettledAsync()).Finished);
        var (text, _) = await Notification.FindAsync(harness);
        Assert.Equal(("user@example.com", action, "2.1.5"), Assert.Single(text.Words));
    }

    [Fact]
    public async Task A_delay_is_told_once_whatever_restarts_between()
    {
        await using var harness = await QueueHarness.StartAsync(o =>
        {
            o.Retry.DelayWarning = TimeSpan.FromHours(1);
            o.Retry.First = TimeSpan.FromMilliseconds(50);
        });
        var letter = Letters.At(DateTimeOffset.UtcNow.AddHours(-2), "user@example.com").With(e => e with { Return = DsnReturn.Full });
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        var settled = await harness.SettledAsync();
        Assert.True(Assert.Single(settled.Narrowed).DelayNotified);
        var (text, _) = await Notification.FindAsync(harness, letter.Id);
        Assert.Equal(("user@example.com", "delayed", "4.7.1"), Assert.Single(text.Words));
        Assert.NotEmpty(Assert.Single(text.Recipients)["Will-Retry-Until"]!);
        Assert.DoesNotContain("hello", text.Original, StringComparison.Ordinal);

        await harness.RestartPartitionAsync();
        for (var i = 0; i < 2; i++)
        {
            await harness.UntilAsync(Domain, q => q.Ready == 1);
            connection.Report(await connection.PullAsync(Domain), Letters.Later);
        }
        // What is recorded waits for its time, or that has come already.
        await harness.LoggedAsync("attempt=3");
        await harness.UntilAsync(Domain, q => q.Deferred + q.Ready == 1);
        Assert.Equal(2, (await harness.StoredAsync()).Count);
    }

    [Fact]
    public async Task A_ref_whose_time_is_over_is_returned_as_expired_with_the_last_reply()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.At(DateTimeOffset.UtcNow.AddDays(-6), "user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Later);
        Assert.Single((await harness.SettledAsync()).Finished);
        var (text, _) = await Notification.FindAsync(harness);
        Assert.Equal(("user@example.com", "failed", "5.4.7"), Assert.Single(text.Words));
        Assert.Contains("451 4.7.1 greylisted", Assert.Single(text.Recipients)["Diagnostic-Code"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_domain_that_takes_no_mail_returns_all_that_waits_with_the_codes_of_the_reply()
    {
        await using var harness = await QueueHarness.CreateAsync(o => o.MaxEnvelopesInMemory = 10);
        // RFC 7505 §4.2: 556 5.1.10.
        var reply = Letters.Reply(556, 5, 1, 10, "the domain takes no mail");
        harness.Router.Answer = domain => new(domain == Domain ? new RouteResult.Rejected(reply) : FakeRouter.Routed());
        for (var i = 0; i < 25; i++)
            await harness.AcceptAsync(Letters.To($"user{i}@example.com"));
        await harness.StartPartitionAsync();

        await harness.UntilAsync(Home, q => q.Ready == 25);
        Assert.Null(await harness.StatusAsync(Domain));
        var told = new List<(string Recipient, string Action, string Status)>();
        foreach (var stored in await harness.StoredAsync())
            told.AddRange(new Notification((await harness.Spool.BodyAsync(stored.Id.Message))!).Words);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => ($"user{i}@example.com", "failed", "5.1.10")).Order(), told.Order());
    }

    [Fact]
    public async Task An_original_that_cannot_be_read_now_is_read_later_and_nothing_is_settled_before()
    {
        await using var harness = await QueueHarness.StartAsync();
        var failures = 0;
        harness.Spool.BeforeBody = _ => failures++ < 3 ? FaultySpool.Fail() : Task.CompletedTask;
        Assert.Single((await BounceAsync(harness, Letters.To("user@example.com"))).Returns);
        var (text, _) = await Notification.FindAsync(harness);
        Assert.Contains("X-Mark: yes", text.Original, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notification_that_cannot_be_made_at_all_does_not_keep_its_ref()
    {
        await using var harness = await QueueHarness.StartAsync();
        harness.Spool.BeforeBody = _ => throw new InvalidOperationException("a fault of the program");
        Assert.Empty((await BounceAsync(harness, Letters.To("user@example.com"))).Returns);
        Assert.Contains(harness.Log.All, l => l.StartsWith("Warning not returned", StringComparison.Ordinal));
    }

    private static async Task<Settlement> BounceAsync(QueueHarness harness, IncomingMessage letter)
    {
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Never);
        var settled = await harness.SettledAsync();
        Assert.Equal([letter.Ref()], settled.Finished);
        return settled;
    }
}
