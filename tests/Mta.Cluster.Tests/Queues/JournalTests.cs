using System.Globalization;
using Akka.Actor;
using Mta.Cluster.Queues;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The journal of a partition: what stands in it, how it stays short, and that it holds nothing in memory that it does not need.</summary>
public sealed class JournalTests
{
    private const string Domain = "example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_of_deferrals_is_one_event_in_the_form_of_its_contract()
    {
        await using var harness = await QueueHarness.StartAsync();
        for (var i = 0; i < 20; i++)
            await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.UntilAsync(Domain, q => q.Ready == 20);
        var connection = harness.Connect();
        connection.ReportTogether(await connection.PullAsync(Domain), Letters.Later);
        await harness.UntilAsync(Domain, q => q.Deferred == 20);
        Assert.Equal(1, await CountAsync(harness, "event_journal"));
        Assert.Equal("4100 refs-deferred:1", await harness.JournalSqlAsync("SELECT DISTINCT serializer_id || ' ' || manifest FROM event_journal"));
        await harness.KillPartitionAsync();
        Assert.Equal(20, (await harness.JournaledAsync()).Length);
    }

    [Fact]
    public async Task A_message_that_is_delivered_at_once_leaves_nothing_in_the_journal()
    {
        await using var harness = await QueueHarness.StartAsync();
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        connection.Report(await connection.TakeAsync(), Letters.Delivered);
        await harness.SettledAsync();
        await harness.UntilEmptyAsync(Domain);
        Assert.Equal(0, await CountAsync(harness, "event_journal"));
    }

    [Fact]
    public async Task Snapshots_bound_what_is_replayed_and_stand_for_all_that_was_deleted()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.Retry.First, o.Retry.Factor) = (TimeSpan.FromMilliseconds(50), 1), QueueHarness.Quick with { SnapshotAfter = 10 });
        await harness.AcceptAsync(Letters.To("one@example.com"));
        await harness.AcceptAsync(Letters.To("two@example.com"));
        var connection = harness.Connect();
        for (var taken = 0; taken < 60;)
        {
            var batch = await connection.TakeAsync();
            taken += batch.Refs.Length;
            connection.Report(batch, Letters.Later);
        }
        await Eventually.IsSoAsync(async () => await CountAsync(harness, "event_journal") < 12, () => "the events before the snapshot are still there");
        await Eventually.IsSoAsync(async () => await CountAsync(harness, "snapshot") == 1, () => "the snapshots before the last are still there");
        Assert.Equal("4100 deferrals:2", await harness.JournalSqlAsync("SELECT DISTINCT serializer_id || ' ' || manifest FROM snapshot"));

        var status = await harness.UntilAsync(Domain, q => q.InFlight == 0);
        await harness.KillPartitionAsync();
        var journaled = await harness.JournaledAsync();
        Assert.Equal(2, journaled.Length);
        Assert.InRange(journaled.Sum(d => d.Attempts), 60, 64);
        Assert.Equal(2, status.Depth);
    }

    [Fact]
    public async Task A_finished_ref_is_forgotten_by_the_next_owner()
    {
        await using var harness = await QueueHarness.StartAsync(o => o.Retry.First = TimeSpan.FromMilliseconds(50));
        await harness.AcceptAsync(Letters.To("user@example.com"));
        await harness.AcceptAsync(Letters.To("user@other.example"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        connection.Report(batch, Letters.Later);
        while ((batch = await connection.TakeAsync()).Refs[0].Attempt == 1)
            connection.Report(batch, Letters.Later);
        connection.Report(batch, Letters.Delivered);
        await harness.SettledAsync();
        await harness.RestartPartitionAsync();
        await harness.LoggedAsync("recovered 1 refs, 1 of them deferred");
    }

    [Fact]
    public async Task A_snapshot_that_a_lost_journal_never_got_does_not_end_all_snapshots()
    {
        await using var harness = await QueueHarness.StartAsync(
            o => (o.Retry.First, o.Retry.Factor) = (TimeSpan.FromMilliseconds(50), 1), QueueHarness.Quick with { SnapshotAfter = 1 });
        await harness.AcceptAsync(Letters.To("user@example.com"));
        var connection = harness.Connect();
        var batch = await connection.TakeAsync();
        await harness.JournalSqlAsync("ALTER TABLE event_journal RENAME TO away");
        connection.Report(batch, Letters.Later);
        await harness.LoggedAsync("the journal failed");
        // Its last word, overtaken by the news of its end.
        harness.Partition.Tell(new BatchWritten(1), ActorRefs.NoSender);
        await harness.JournalSqlAsync("ALTER TABLE away RENAME TO event_journal");
        await Eventually.IsSoAsync(IsThereASnapshotAsync, () => "there is no snapshot");

        async Task<bool> IsThereASnapshotAsync()
        {
            connection.Report(await connection.TakeAsync(), Letters.Later);
            return await CountAsync(harness, "snapshot") > 0;
        }
    }

    [Fact]
    public async Task A_journal_keeps_no_copy_of_the_state_that_it_replayed()
    {
        await using var harness = await QueueHarness.CreateAsync();
        var replayed = new TaskCompletionSource<WeakReference>();
        harness.System.ActorOf(Props.Create(() => new Owner(replayed)));
        var state = await replayed.Task.WaitAsync(QueueHarness.Patience, Cancel);
        await Eventually.IsSoAsync(
            () =>
            {
                GC.Collect();
                return !state.IsAlive;
            },
            () => "the state is still held");
    }

    private static async Task<int> CountAsync(QueueHarness harness, string table) =>
        int.Parse((await harness.JournalSqlAsync($"SELECT COUNT(*) FROM {table}"))!, CultureInfo.InvariantCulture);

    private sealed class Owner : ReceiveActor
    {
        public Owner(TaskCompletionSource<WeakReference> replayed)
        {
            Receive<JournalReady>(m => replayed.SetResult(new WeakReference(m.State)));
            Context.ActorOf(JournalWriter.Props(0, new()));
        }
    }
}
