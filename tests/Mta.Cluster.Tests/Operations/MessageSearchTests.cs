using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Listing;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>Queued mail is found by what its envelope and its last deferral say, counted whole and listed page by page.</summary>
public sealed class MessageSearchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_found_is_told_with_its_last_deferral_whether_its_queue_is_awake_or_not()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.IdleAfter = TimeSpan.Zero);
        var letter = Letters.To("user@example.com", "other@example.com");
        await harness.AcceptAsync(letter);
        await harness.AcceptAsync(Letters.To("user@other.example"));
        var connection = harness.Connect();
        await harness.UntilAsync("example.com", q => q.Ready == 1);
        connection.Report(await connection.PullAsync("example.com"), Letters.Later, Letters.Delivered);
        await harness.UntilAsync("example.com", q => q.Deferred == 1);
        var found = await FindAsync(harness, MessageFilter.All with { Recipient = "user@example.com" });
        Assert.Equal(1, found.Count);
        var message = Assert.Single(found.Messages);
        Assert.Equal((letter.Ref(), 1, 1), (message.Id, message.RecipientCount, message.Attempts));
        Assert.Equal((DeferralReason.RecipientDeferred, "451 4.7.1 greylisted", Letters.Sender), (message.Reason, message.Reply, message.Sender.ToString()));
        Assert.NotNull(message.NextDue);
        Assert.Equal(0, (await FindAsync(harness, MessageFilter.All with { Recipient = "other@example.com" })).Count);
        Assert.Equal(2, (await FindAsync(harness, MessageFilter.All)).Count);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_and_all_are_counted()
    {
        await using var harness = await QueueHarness.StartAsync(pace: QueueHarness.Quick with { RefsAtOnce = 3 });
        var letters = Enumerable.Range(0, 10).Select(i => Letters.At(DateTimeOffset.UtcNow.AddSeconds(-i), $"user@d{i % 3}.example")).ToList();
        foreach (var letter in letters)
            await harness.AcceptAsync(letter);
        var listed = new List<RefId>();
        for (RefId after = default; ;)
        {
            var page = await FindAsync(harness, MessageFilter.All with { Sender = "*@example.org" }, after, 4);
            Assert.Equal(10, page.Count);
            listed.AddRange(page.Messages.Select(m => m.Id));
            if (page.Messages.Length < 4)
                break;
            after = page.Messages[^1].Id;
        }
        Assert.Equal(letters.Select(l => l.Ref()).Order(), listed);
    }

    [Fact]
    public async Task A_partition_that_cannot_read_is_said_to_be_silent_and_answers_the_next_time()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        harness.Spool.BeforeSearch = _ => FaultySpool.Fail();
        // As often as there may be searches at once.
        for (var i = 0; i < 5; i++)
            Assert.Equal([0], (await FindAsync(harness, MessageFilter.All, patience: TimeSpan.FromMilliseconds(100))).SilentPartitions);
        harness.Spool.BeforeSearch = _ => Task.CompletedTask;
        Assert.Equal(1, (await FindAsync(harness, MessageFilter.All)).Count);
    }

    [Fact]
    public async Task A_partition_that_cannot_read_at_first_is_asked_again()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var asked = 0;
        harness.Spool.BeforeSearch = _ => asked++ < 2 ? FaultySpool.Fail() : Task.CompletedTask;
        var found = await FindAsync(harness, MessageFilter.All);
        Assert.Equal((1, 0), (found.Count, found.SilentPartitions.Length));
    }

    [Fact]
    public async Task A_partition_with_many_searches_under_way_takes_the_next_when_one_is_over()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = 0;
        harness.Spool.BeforeSearch = _ =>
        {
            Interlocked.Increment(ref reading);
            return goOn.Task;
        };
        var searches = Enumerable.Range(0, 10).Select(_ => FindAsync(harness, MessageFilter.All)).ToList();
        await Eventually.IsSoAsync(() => Task.FromResult(Volatile.Read(ref reading) == 4), () => $"{reading} searches read");
        goOn.SetResult();
        Assert.All(await Task.WhenAll(searches), found => Assert.Equal((1, 0), (found.Count, found.SilentPartitions.Length)));
    }

    [Fact]
    public async Task A_partition_that_recovers_or_stops_says_so_at_once()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Spool.BeforeEpoch = _ => goOn.Task;
        harness.BeginPartition();
        FindMessages search = new(0, MessageFilter.All, default, 1);
        foreach (IPartitionMessage question in new IPartitionMessage[] { search, new ListQueues(0, QueueQuery.Deepest(1)), new ListSites(0) })
            Assert.Equal(new AskAgain(0), await harness.Partition.Ask<IWireMessage>(question, QueueHarness.Patience, Cancel));
        goOn.SetResult();
        await harness.RecoveredAsync();

        harness.Spool.BeforeSearch = _ => Task.Delay(Timeout.Infinite, Cancel);
        var underWay = harness.Partition.Ask<IWireMessage>(search, QueueHarness.Patience, Cancel);
        harness.StopPartition();
        Assert.Equal(new AskAgain(0), await underWay);
    }

    [Fact]
    public async Task Only_the_partitions_that_a_domain_may_be_in_look_into_the_spool()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Partitions = 2);
        var (here, elsewhere) = (DomainIn(0), DomainIn(1));
        await harness.AcceptAsync(Letters.To($"user@{here}"));
        Assert.Equal(1, (await FindAsync(harness, MessageFilter.All with { Recipient = $"user@{here}" })).Count);
        harness.Spool.BeforeSearch = _ => FaultySpool.Fail();
        var found = await FindAsync(harness, MessageFilter.All with { Recipient = $"user@{elsewhere}" });
        Assert.Equal((0, 0), (found.Count, found.SilentPartitions.Length));
        Assert.Equal(0, (await FindAsync(harness, MessageFilter.All with { Domains = elsewhere })).Count);
    }

    [Fact]
    public async Task A_lane_that_is_configured_no_more_is_found_as_long_as_it_holds_mail()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Partitions = 2);
        var domain = DomainIn(1);
        await harness.AcceptAsync(Letters.To($"user@{DomainIn(0)}"));
        // As an earlier configuration would have left it.
        var taken = (await harness.Connect().TakeAsync()).Refs[0].Ref;
        await harness.Database.ExecuteAsync($"UPDATE spool_ref SET domain = '{domain}#5'");
        await harness.RestartPartitionAsync();
        var found = await FindAsync(harness, MessageFilter.All with { Domains = domain });
        Assert.Equal((1, taken.Id), (found.Count, Assert.Single(found.Messages).Id));
    }

    [Fact]
    public async Task Mail_is_found_by_its_labels()
    {
        await using var harness = await QueueHarness.StartAsync();
        var (spring, summer) = (Letters.To("user@example.com").With(e => e with { Labels = new("acme", "spring", "1@example.org") }), Letters.To("user@example.com").With(e => e with { Labels = new("acme", "summer", "") }));
        foreach (var letter in new[] { spring, summer, Letters.To("user@example.com") })
            await harness.AcceptAsync(letter);
        Assert.Equal(2, (await FindAsync(harness, MessageFilter.All with { Tenant = "acme" })).Count);
        Assert.Equal(summer.Ref(), Assert.Single((await FindAsync(harness, MessageFilter.All with { Campaign = "summer" })).Messages).Id);
        Assert.Equal(spring.Envelope.Labels, Assert.Single((await FindAsync(harness, MessageFilter.All with { MessageIdHeader = "1@example.org" })).Messages).Labels);
        Assert.Equal(0, (await FindAsync(harness, MessageFilter.All with { Tenant = "ACME" })).Count);
    }

    [Fact]
    public async Task Where_few_messages_have_it_only_these_are_looked_at()
    {
        await using var harness = await QueueHarness.StartAsync();
        var letters = Enumerable.Range(0, 3).Select(i => Letters.To("user@example.com", "user@other.example").With(e => e with { Labels = new("", "", $"{i}@example.org") })).ToList();
        foreach (var letter in letters)
            await harness.AcceptAsync(letter);
        harness.Spool.BeforeSearch = _ => FaultySpool.Fail();
        var found = await FindAsync(harness, MessageFilter.All with { MessageIdHeader = "1@example.org" });
        Assert.Equal((2, 0), (found.Count, found.SilentPartitions.Length));
        Assert.Equal([letters[1].Ref(), letters[1].Ref(1)], found.Messages.Select(m => m.Id));
        Assert.Equal(0, (await FindAsync(harness, MessageFilter.All with { MessageIdHeader = "4@example.org" })).Count);
    }

    [Fact]
    public async Task A_database_that_does_not_say_who_may_have_it_is_asked_by_each_partition()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        harness.Spool.BeforeFind = _ => FaultySpool.Fail();
        Assert.Equal(1, (await FindAsync(harness, MessageFilter.All with { Sender = Letters.Sender })).Count);
    }

    private static string DomainIn(int partition) =>
        Enumerable.Range(0, 100).Select(i => $"d{i}.example").First(d => new PartitionMap(2).PartitionOf(new QueueKey(d)) == partition);

    private static Task<FoundMessages> FindAsync(QueueHarness harness, MessageFilter filter, RefId after = default, int limit = 100, TimeSpan? patience = null) =>
        new PartitionSearch(harness.Services.Partitions, 1, harness.Spool, patience ?? QueueHarness.Patience).FindAsync(filter, after, limit, Cancel);
}
