using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>Jobs over queued mail: each ref that is meant is done once and counted once, wherever it stood, and whoever owned its partition meanwhile.</summary>
public sealed class MessageJobTests
{
    private const string Domain = "example.com";
    private static readonly QueuePace Pace = QueueHarness.Quick with { TellEvery = TimeSpan.FromMilliseconds(50) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bounce_ends_what_is_meant_and_tells_each_sender_once()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com").FromNobody());
        await harness.AcceptAsync(Letters.To("three@other.example"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var ended = await DoneAsync(harness, JobAction.Bounce, MessageFilter.All with { Domains = Domain }, "the list is wrong");
        Assert.Equal(2, ended.Count);
        await harness.UntilEmptyAsync(Domain);
        await harness.UntilAsync("example.org", q => q.Ready == 1);
        var stored = await harness.StoredAsync();
        Assert.Equal(["example.org", "other.example"], stored.Select(s => s.Queue.Domain).Order());
        await harness.LoggedAsync("554 5.7.1 Returned by the operator: the list is wrong", times: 2);
        // Only the notification can be taken now, and says why.
        var (text, _) = await Notification.FindAsync(harness, stored.Single(s => s.Queue.Domain == "other.example").Id.Message);
        Assert.Equal([("one@example.com", "failed", "5.7.1")], text.Words);
    }

    [Fact]
    public async Task A_drop_ends_what_is_meant_and_tells_nobody()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        var letter = Letters.To("one@example.com");
        await harness.AcceptAsync(letter);
        await harness.AcceptAsync(Letters.To("two@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 2);
        var ended = await DoneAsync(harness, JobAction.Drop, MessageFilter.All with { Recipient = "ONE@example.com" });
        Assert.Equal(1, ended.Count);
        Assert.Equal([letter.Ref()], (await harness.SettledAsync()).Finished);
        Assert.Equal(1, await harness.Measurements.NextAsync("mta.queues.taken", Cancel));
        Assert.Single(await harness.StoredAsync());
        await harness.LoggedAsync($"withdrawn {letter.Id}: from queue {Domain}");
        await harness.UntilAsync(Domain, q => q is { Ready: 1, Depth: 1 });
    }

    [Fact]
    public async Task What_is_in_flight_is_acted_on_when_it_comes_back_and_not_counted_where_it_is_delivered()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        for (var i = 0; i < 3; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 3);
        var connection = harness.Connect();
        var batch = await connection.PullAsync(Domain);
        var ordered = (await Jobs(harness).OrderAsync(JobAction.Drop, MessageFilter.All, "", "otto", Cancel))!;
        await harness.PassAsync();
        Assert.Null((await Jobs(harness).FindAsync(ordered.Job.Id, Cancel))!.EndedAt);
        connection.Report(batch, batch.Refs[0].Ref, Letters.Delivered);
        connection.Report(batch, batch.Refs[1].Ref, Letters.Later);
        connection.Report(batch, batch.Refs[2].Ref, Letters.Later);
        Assert.Equal(2, (await EndedAsync(harness, ordered.Job.Id)).Count);
        await harness.UntilEmptyAsync(Domain);
        Assert.Empty(await harness.StoredAsync());
    }

    [Fact]
    public async Task Deferred_mail_is_tried_now_and_by_the_next_owner_too()
    {
        await using var harness = await QueueHarness.StartAsync(o => (o.Retry.First, o.Retry.Max, o.IdleAfter) = (TimeSpan.FromHours(5), TimeSpan.FromHours(5), TimeSpan.Zero), Pace);
        var connection = harness.Connect();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        connection.Report(await connection.TakeAsync(), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 1);
        Assert.Equal(0, (await DoneAsync(harness, JobAction.Retry, MessageFilter.All with { Reply = "quota" })).Count);
        Assert.Equal(1, (await DoneAsync(harness, JobAction.Retry, MessageFilter.All with { Reason = DeferralReason.RecipientDeferred, Reply = "GREYLISTED" })).Count);
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.RestartPartitionAsync();
        var again = await connection.TakeAsync();
        Assert.Equal(2, Assert.Single(again.Refs).Attempt);
    }

    [Fact]
    public async Task Mail_that_comes_after_the_order_is_none_of_its_business()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        await harness.AcceptAsync(Letters.At(DateTimeOffset.UtcNow.AddMinutes(1), "user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        Assert.Equal(0, (await DoneAsync(harness, JobAction.Drop, MessageFilter.All)).Count);
        Assert.Single(await harness.StoredAsync());
    }

    [Fact]
    public async Task An_owner_that_dies_between_the_two_commits_changes_neither_count_nor_notifications()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => o.MaxSettlementBatch = 3, pace: Pace with { RefsAtOnce = 4 });
        for (var i = 0; i < 10; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 10);
        // Two settlements are on stable storage; the third is, and its owner never learns of it.
        var isStuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var settlements = 0;
        harness.Spool.AfterSettle = _ =>
        {
            if (Interlocked.Increment(ref settlements) != 3)
                return Task.CompletedTask;
            isStuck.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        var ordered = (await Jobs(harness).OrderAsync(JobAction.Bounce, MessageFilter.All, "", "otto", Cancel))!;
        await isStuck.Task.WaitAsync(QueueHarness.Patience, Cancel);
        await harness.KillPartitionAsync();
        harness.Spool.AfterSettle = _ => Task.CompletedTask;
        await harness.StartPartitionAsync();
        Assert.Equal(10, (await EndedAsync(harness, ordered.Job.Id)).Count);
        await harness.UntilEmptyAsync(Domain);
        Assert.Equal(10, (await harness.StoredAsync()).Count(s => s.Queue.Domain == "example.org"));
    }

    [Fact]
    public async Task A_database_that_fails_meanwhile_holds_a_job_up_and_changes_no_count()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace with { RefsAtOnce = 4 });
        for (var i = 0; i < 10; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 10);
        var (reads, envelopes) = (0, 0);
        harness.Spool.BeforeRef = number => number == 6 && Interlocked.Increment(ref reads) <= 2 ? FaultySpool.Fail() : Task.CompletedTask;
        harness.Spool.BeforeEnvelopes = _ => Interlocked.Increment(ref envelopes) % 2 == 1 ? FaultySpool.Fail() : Task.CompletedTask;
        Assert.Equal(10, (await DoneAsync(harness, JobAction.Bounce, MessageFilter.All with { Sender = "*@example.org" })).Count);
        Assert.Equal(10, (await harness.StoredAsync()).Count(s => s.Queue.Domain == "example.org"));
    }

    [Fact]
    public async Task A_partition_that_is_told_twice_does_it_once_and_says_so_again()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        var ended = await DoneAsync(harness, JobAction.Drop, MessageFilter.All);
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        await harness.RestartPartitionAsync();
        var again = ended.Job with { OrderedAt = DateTimeOffset.UtcNow.AddHours(1) };
        var told = await harness.Partition.Ask<JobPortionTold>(new RunJob(0, again), QueueHarness.Patience, Cancel);
        Assert.Equal((1L, true), (told.Count, told.IsEnded));
        Assert.Single(await harness.StoredAsync());
    }

    [Fact]
    public async Task Jobs_are_done_one_after_the_other_and_listed()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace);
        for (var i = 0; i < 4; i++)
            await harness.AcceptAsync(Letters.To($"user@d{i}.example"));
        await Eventually.IsSoAsync(async () => (await harness.ListAsync()).Totals.Ready == 4, () => "not all have arrived");
        var jobs = new List<string>();
        for (var i = 0; i < 4; i++)
            jobs.Add((await Jobs(harness).OrderAsync(JobAction.Drop, MessageFilter.All with { Domains = $"d{i}.example" }, "", "otto", Cancel))!.Job.Id);
        foreach (var job in jobs)
            Assert.Equal(1, (await EndedAsync(harness, job)).Count);
        Assert.Equal(jobs, (await Jobs(harness).ListAsync(Cancel)).Select(s => s.Job.Id));
        Assert.Null(await Jobs(harness).FindAsync("nothing", Cancel));
    }

    [Fact]
    public async Task Snapshots_hold_what_jobs_have_taken()
    {
        await using var harness = await QueueHarness.StartAsync(pace: Pace with { SnapshotAfter = 1 });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 1);
        // The ref is taken, and its end does not come to be.
        var isStuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Spool.BeforeSettle = _ =>
        {
            isStuck.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        var ordered = (await Jobs(harness).OrderAsync(JobAction.Drop, MessageFilter.All, "", "otto", Cancel))!;
        await isStuck.Task.WaitAsync(QueueHarness.Patience, Cancel);
        await Eventually.IsSoAsync(async () => await harness.JournalSqlAsync("SELECT count(*) FROM snapshot WHERE persistence_id = 'partition-0'") == "1", () => "no snapshot");
        await harness.KillPartitionAsync();
        harness.Spool.BeforeSettle = _ => Task.CompletedTask;
        await harness.StartPartitionAsync();
        Assert.Equal(1, (await EndedAsync(harness, ordered.Job.Id)).Count);
        Assert.Empty(await harness.StoredAsync());
    }

    private static LedgerJobs Jobs(QueueHarness harness) =>
        new(new LedgerAsk(harness.Services.Partitions, TimeProvider.System, QueueHarness.Patience), TimeProvider.System);

    private static async Task<JobStatus> DoneAsync(QueueHarness harness, JobAction action, MessageFilter filter, string reason = "")
    {
        var ordered = (await Jobs(harness).OrderAsync(action, filter, reason, "otto", Cancel))!;
        return await EndedAsync(harness, ordered.Job.Id);
    }

    private static async Task<JobStatus> EndedAsync(QueueHarness harness, string id)
    {
        JobStatus? status = null;
        await Eventually.IsSoAsync(
            async () => (status = await Jobs(harness).FindAsync(id, Cancel)) is { EndedAt: not null },
            () => $"{status}\n{string.Join('\n', harness.Log.All)}");
        Assert.Empty(status!.Pending);
        return status;
    }
}
