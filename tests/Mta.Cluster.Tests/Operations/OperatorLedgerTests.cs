using Akka.Actor;
using Akka.TestKit;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>The ledger tells every partition until it has said that it keeps the order, whatever happens to the ledger meanwhile.</summary>
public sealed class OperatorLedgerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partition_is_told_until_it_says_that_it_keeps_the_order_and_then_whoever_ordered_is_answered()
    {
        await using var parts = await PartsAsync(2);
        var ordered = parts.OrderAsync("example.com");
        for (var i = 0; i < 3; i++)
            Assert.Equal("example.com", (await parts.ToldAsync(1)).Set.Items.Single().Scope.Name);
        parts.Ledger.Tell(new SuspensionsKept(0, 1));
        await parts.ToldAsync(1);
        Assert.False(ordered.IsCompleted);
        parts.Ledger.Tell(new SuspensionsKept(1, 1));
        var stand = await ordered;
        Assert.Equal((OrderOutcome.Done, 1L), (stand.Outcome, stand.Set.Revision));
        Assert.Empty(stand.Pending);
    }

    [Fact]
    public async Task Whoever_orders_learns_in_time_which_partitions_are_pending()
    {
        await using var parts = await PartsAsync(3, patience: TimeSpan.FromMilliseconds(100));
        var ordered = parts.OrderAsync("example.com");
        parts.Ledger.Tell(new SuspensionsKept(1, 1));
        Assert.Equal([0, 2], (await ordered).Pending);
    }

    [Fact]
    public async Task A_ledger_that_is_started_again_goes_on_telling()
    {
        await using var parts = await PartsAsync(2, patience: TimeSpan.Zero);
        await parts.OrderAsync("one.example");
        await parts.OrderAsync("two.example");
        await parts.RestartAsync();
        var told = await parts.ToldAsync(1, revision: 2);
        Assert.Equal(["one.example", "two.example"], told.Set.Items.Select(i => i.Scope.Name));
        // Only the last event is needed; of those that were deleted the plug-in keeps one, for its number.
        await Eventually.IsSoAsync(
            async () => await parts.Harness.JournalSqlAsync("SELECT count(*) FROM event_journal WHERE persistence_id = 'operator-ledger' AND is_deleted = 0") == "1",
            () => "events that are not needed are still there");
    }

    [Fact]
    public async Task An_order_to_end_that_comes_again_to_the_ledgers_next_owner_is_no_mistake()
    {
        await using var parts = await PartsAsync(1, patience: TimeSpan.Zero);
        var id = (await parts.OrderAsync("example.com")).Set.Items.Single().Id;
        Assert.Equal(OrderOutcome.Done, await parts.LiftAsync(id));
        // Its answer was lost, as the ledger moved.
        await parts.RestartAsync();
        Assert.Equal((OrderOutcome.Done, OrderOutcome.Unknown), (await parts.LiftAsync(id), await parts.LiftAsync("nothing")));
    }

    [Fact]
    public async Task Who_has_kept_it_is_told_again_from_time_to_time()
    {
        await using var parts = await PartsAsync(1, tellAll: TimeSpan.FromMilliseconds(50));
        var ordered = parts.OrderAsync("example.com");
        await parts.ToldAsync(0);
        parts.Ledger.Tell(new SuspensionsKept(0, 1));
        await ordered;
        await parts.ToldAsync(0);
    }

    [Fact]
    public async Task There_are_not_more_than_can_be_looked_through()
    {
        await using var parts = await PartsAsync(1, patience: TimeSpan.Zero);
        for (var i = 0; i < SuspensionSet.MaxItems; i++)
            Assert.Equal(OrderOutcome.Done, (await parts.OrderAsync($"d{i}.example")).Outcome);
        var refused = await parts.OrderAsync("more.example");
        Assert.Equal((OrderOutcome.TooMany, SuspensionSet.MaxItems), (refused.Outcome, refused.Set.Items.Length));
    }

    private static async Task<Parts> PartsAsync(int partitions, TimeSpan? patience = null, TimeSpan? tellAll = null)
    {
        var pace = QueueHarness.Quick with
        {
            TellEvery = TimeSpan.FromMilliseconds(20),
            TellAllEvery = tellAll ?? TimeSpan.FromMinutes(1),
            OrderPatience = patience ?? TimeSpan.FromMinutes(1),
        };
        return new Parts(await QueueHarness.CreateAsync(o => o.Partitions = partitions, pace));
    }

    private sealed class Parts : IAsyncDisposable
    {
        private readonly TestProbe _region;

        public Parts(QueueHarness harness)
        {
            Harness = harness;
            _region = harness.Probe();
            harness.With(services => services with { Partitions = () => _region });
            Start();
        }

        public QueueHarness Harness { get; }

        public IActorRef Ledger { get; private set; } = ActorRefs.Nobody;

        public Task<SuspensionsStand> OrderAsync(string domain)
        {
            var suspension = new Suspension($"s-{domain}", new SuspensionScope(SuspensionKind.Domain, domain), DateTimeOffset.UtcNow, null, "otto", "");
            return Ledger.Ask<SuspensionsStand>(new OrderSuspension(0, suspension), QueueHarness.Patience, Cancel);
        }

        public async Task<OrderOutcome> LiftAsync(string id) =>
            (await Ledger.Ask<SuspensionsStand>(new LiftSuspension(0, id), QueueHarness.Patience, Cancel)).Outcome;

        public async Task<KeepSuspensions> ToldAsync(int partition, long revision = 1) => (KeepSuspensions)await _region.FishForMessageAsync(
            m => m is KeepSuspensions told && told.Partition == partition && told.Set.Revision == revision, QueueHarness.Patience, cancellationToken: Cancel);

        public async Task RestartAsync()
        {
            var watcher = Harness.Probe();
            watcher.Watch(Ledger);
            Harness.System.Stop(Ledger);
            await watcher.ExpectTerminatedAsync(Ledger, QueueHarness.Patience, cancellationToken: Cancel);
            Start();
        }

        public ValueTask DisposeAsync() => Harness.DisposeAsync();

        private void Start() => Ledger = Harness.System.ActorOf(OperatorLedger.Props(Harness.Services));
    }
}
