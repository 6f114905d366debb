using Mta.Cluster.Contracts;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The path of refs that are delivered at once: announced, offered, pulled, reported, settled.</summary>
public sealed class DeliveryPathTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivered_message_is_gone_from_the_spool_with_its_body()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("user@example.com");
        await harness.AcceptAsync(letter);

        var offer = await harness.OfferedAsync();
        Assert.Equal(new OfferWork(FakeRouter.Site, 0, new(Domain), offer.Plan, 1, QueueHarness.Acceptor), offer);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain);
        var taken = Assert.Single(batch.Refs);
        Assert.Equal((letter.Ref(), 1), (taken.Ref.Id, taken.Attempt));
        Assert.Equal(Letters.Text.Length, taken.Ref.Size);
        Assert.Equal(letter.Envelope.Recipients, taken.Ref.Envelope.Recipients);
        await harness.Site.ExpectMsgAsync(new WorkTaken(FakeRouter.Site, batch.Queue, batch.PullId, 1, 0), cancellationToken: Cancel);

        connection.Report(batch, Letters.Delivered);
        var settled = await harness.SettledAsync();
        Assert.Equal([letter.Ref()], settled.Finished);
        Assert.Empty(settled.Returns);
        Assert.Equal(0, await harness.Database.CountAsync("spool_ref"));
        Assert.Equal(0, await harness.Database.CountAsync("spool_message"));
        await harness.UntilEmptyAsync(Domain);
    }

    [Fact]
    public async Task Each_domain_has_a_queue_and_the_message_stays_until_the_last_is_done()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letter = Letters.To("a@a.example", "b@b.example");
        await harness.AcceptAsync(letter);
        var connection = harness.Connect();
        var first = await connection.TakeAsync();
        var second = await connection.TakeAsync();
        Assert.Equal(["a.example", "b.example"], new[] { first.Queue.Domain, second.Queue.Domain }.Order());

        connection.Report(first, Letters.Delivered);
        await harness.SettledAsync();
        Assert.NotNull(await harness.Spool.OpenBodyAsync(letter.Id, Cancel));
        connection.Report(second, Letters.Delivered);
        await harness.SettledAsync();
        Assert.Null(await harness.Spool.OpenBodyAsync(letter.Id, Cancel));
    }

    [Fact]
    public async Task A_hint_that_comes_twice_is_delivered_once()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.OfferedAsync();
        var queued = (await harness.StoredAsync(Assert.Single(await harness.StoredAsync()).Id))!;
        var connection = harness.Connect();

        harness.AnnounceAgain(queued);
        var batch = await connection.PullAsync(Domain);
        Assert.Single(batch.Refs);
        harness.AnnounceAgain(queued);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);

        connection.Report(batch, Letters.Delivered);
        await harness.SettledAsync();
        await harness.UntilEmptyAsync(Domain);
        harness.AnnounceAgain(queued);
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
        Assert.Null(await harness.StatusAsync(Domain));
    }

    [Fact]
    public async Task A_hint_that_an_earlier_owner_finished_is_looked_up_and_dropped()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        connection.Report(batch, Letters.Delivered);
        await harness.SettledAsync();
        harness.With(s => s with { Pace = s.Pace with { ClockMargin = TimeSpan.FromSeconds(60) } });
        await harness.RestartPartitionAsync();

        harness.AnnounceAgain(batch.Refs[0].Ref);
        await harness.OfferedAsync();
        Assert.Empty((await connection.PullAsync(Domain)).Refs);
        await harness.UntilEmptyAsync(Domain);
    }

    [Fact]
    public async Task A_pull_for_a_queue_that_holds_nothing_is_answered_empty()
    {
        await using var harness = await QueueHarness.StartAsync();
        var batch = await harness.Connect().PullAsync("nobody.example");
        Assert.Empty(batch.Refs);
        await harness.Site.ExpectMsgAsync(new WorkTaken(FakeRouter.Site, batch.Queue, batch.PullId, 0, 0), cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_site_that_the_queue_does_not_use_gets_nothing()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.OfferedAsync();
        Assert.Empty((await harness.Connect().PullAsync(Domain, site: "another")).Refs);
        // And the right one is offered the same once more, since it may have been told that there is nothing.
        Assert.Equal(FakeRouter.Site, (await harness.OfferedAsync()).Site);
    }

    [Fact]
    public async Task Refs_leave_in_their_order_and_no_more_than_asked_for()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letters = Enumerable.Range(0, 5).Select(_ => Letters.To("user@example.com")).ToList();
        foreach (var letter in letters)
            await harness.AcceptAsync(letter);
        await harness.UntilAsync(Domain, q => q.Ready == 5);

        var connection = harness.Connect();
        var first = await connection.PullAsync(Domain, max: 2);
        var rest = await connection.PullAsync(Domain, max: 100);
        Assert.Equal(letters.Select(l => l.Ref()), first.Refs.Concat(rest.Refs).Select(r => r.Ref.Id));
        Assert.Equal(2, first.Refs.Length);
    }

    [Fact]
    public async Task A_ref_that_comes_back_without_an_attempt_is_first_again_and_counts_none()
    {
        await using var harness = await QueueHarness.StartAsync();
        var (first, second) = (Letters.To("one@example.com"), Letters.To("two@example.com"));
        await harness.AcceptAsync(first);
        await harness.AcceptAsync(second);
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain, max: 1);
        harness.Partition.Tell(new DeliveryReport(0, batch.Queue, batch.PullId, [new RefReport(first.Ref(), [], null)]), Akka.Actor.ActorRefs.NoSender);

        var again = await connection.PullAsync(Domain);
        Assert.Equal([(first.Ref(), 1), (second.Ref(), 1)], again.Refs.Select(r => (r.Ref.Id, r.Attempt)));
    }

    [Fact]
    public async Task A_report_that_wants_an_answer_gets_one_each_time_it_comes_and_counts_once()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var batch = await harness.Connect().TakeAsync();
        var inbox = Akka.Actor.Inbox.Create(harness.System);
        var report = new DeliveryReport(0, batch.Queue, batch.PullId, [new RefReport(batch.Refs[0].Ref.Id, [Letters.Delivered], null)], ReportId: 5);
        for (var i = 0; i < 2; i++)
        {
            harness.Partition.Tell(report, inbox.Receiver);
            Assert.Equal(new ReportTaken(5), await inbox.ReceiveAsync(QueueHarness.Patience));
        }
        Assert.Single((await harness.SettledAsync()).Finished);
    }

    [Fact]
    public async Task Outcomes_of_many_connections_are_settled_together_and_no_more_than_the_limit_at_once()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.MaxSettlementBatch = 3);
        var gate = new TaskCompletionSource();
        harness.Spool.BeforeSettle = _ => gate.Task;
        for (var i = 0; i < 8; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 8);
        var connection = harness.Connect();
        connection.Report(await connection.PullAsync(Domain), Letters.Delivered);
        await harness.UntilAsync(Domain, q => q is { Ready: 0, InFlight: 8 });
        gate.SetResult();

        // One by itself, since nothing else was decided yet; the others wait meanwhile and go together.
        var sizes = new List<int>();
        while (sizes.Sum() < 8)
            sizes.Add((await harness.SettledAsync()).Finished.Length);
        Assert.Equal([1, 3, 3, 1], sizes);
    }
}
