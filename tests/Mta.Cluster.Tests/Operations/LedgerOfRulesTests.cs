using Akka.Actor;
using Akka.TestKit;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Cluster.Tests.Queues;
using Mta.Queueing.Operations;
using Xunit;

namespace Mta.Cluster.Tests.Operations;

/// <summary>The ledger of standing holds and routes: told until kept, with the jobs of a hold behind it, by whoever keeps the ledger.</summary>
public sealed class LedgerOfRulesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_partition_is_told_of_a_holds_job_once_it_keeps_the_hold()
    {
        await using var parts = await PartsAsync();
        var ordered = parts.AskAsync(new OrderHold(0, Hold("h1")));
        Assert.Equal("h1", Assert.Single((await parts.ToldAsync<KeepRules>(m => m.Partition == 1)).Set.Holds).Id);
        parts.Ledger.Tell(new RulesKept(0, 1));
        Assert.Equal("h1", (await parts.ToldAsync<RunJob>(m => m.Partition == 0)).Job.Rule);
        Assert.DoesNotContain(await parts.SeenAsync(), m => m is RunJob { Partition: 1 });
        parts.Ledger.Tell(new RulesKept(1, 1));
        Assert.Empty((await ordered).Pending);
        await parts.ToldAsync<RunJob>(m => m.Partition == 1);
    }

    [Fact]
    public async Task An_order_that_comes_again_is_one_and_the_next_ledger_goes_on()
    {
        await using var parts = await PartsAsync();
        parts.KeepsAll = true;
        for (var i = 0; i < 2; i++)
            Assert.Equal((OrderOutcome.Done, 1L), Of(await parts.AskAsync(new OrderHold(0, Hold("h1")))));
        var route = new RouteRule("r1", "*.example.com", "relay.test:25", DateTimeOffset.UtcNow, null, "otto", "");
        for (var i = 0; i < 2; i++)
            Assert.Equal((OrderOutcome.Done, 2L), Of(await parts.AskAsync(new OrderRoute(0, route))));
        await parts.RestartAsync();
        for (var i = 0; i < 2; i++)
            Assert.Equal((OrderOutcome.Done, 3L), Of(await parts.AskAsync(new LiftHold(0, "h1", "j1", "otto"))));
        for (var i = 0; i < 2; i++)
            Assert.Equal((OrderOutcome.Done, 4L), Of(await parts.AskAsync(new LiftRoute(0, "r1"))));
        await parts.RestartAsync();
        Assert.Equal((OrderOutcome.Done, 4L), Of(await parts.AskAsync(new LiftRoute(0, "r1"))));
        Assert.Equal((OrderOutcome.Unknown, 4L), Of(await parts.AskAsync(new LiftHold(0, "h1", "j2", "otto"))));
        Assert.Equal((OrderOutcome.Unknown, 4L), Of(await parts.AskAsync(new LiftRoute(0, "nothing"))));
        var jobs = await parts.Ledger.Ask<JobsStand>(new ListJobs(0, ""), QueueHarness.Patience, Cancel);
        Assert.Equal([("h1", JobAction.Hold), ("j1", JobAction.Release)], jobs.Jobs.Select(j => (j.Job.Id, j.Job.Action)));
    }

    [Fact]
    public async Task Whoever_orders_learns_in_time_which_partitions_are_pending()
    {
        await using var parts = await PartsAsync(patience: TimeSpan.FromMilliseconds(100));
        Assert.Equal([0, 1], (await parts.AskAsync(new OrderHold(0, Hold("h1")))).Pending);
    }

    private static (OrderOutcome, long) Of(RulesStand stand) => (stand.Outcome, stand.Set.Revision);

    private static HoldRule Hold(string id) => new(id, MessageFilter.All, DateTimeOffset.UtcNow, null, "otto", "");

    private static async Task<Parts> PartsAsync(TimeSpan? patience = null)
    {
        var pace = Orders.Pace with { OrderPatience = patience ?? TimeSpan.FromMinutes(1) };
        return new Parts(await QueueHarness.CreateAsync(o => o.Partitions = 2, pace));
    }

    private sealed class Parts : IAsyncDisposable
    {
        private readonly QueueHarness _harness;
        private readonly TestProbe _region;

        public Parts(QueueHarness harness)
        {
            _harness = harness;
            _region = harness.Probe();
            _region.SetAutoPilot(new DelegateAutoPilot((_, message) =>
            {
                if (KeepsAll && message is KeepRules keep)
                    Ledger.Tell(new RulesKept(keep.Partition, keep.Set.Revision));
                return AutoPilot.KeepRunning;
            }));
            harness.With(services => services with { Partitions = () => _region });
            Start();
        }

        public bool KeepsAll { get; set; }

        public IActorRef Ledger { get; private set; } = ActorRefs.Nobody;

        public Task<RulesStand> AskAsync(ILedgerMessage message) => Ledger.Ask<RulesStand>(message, QueueHarness.Patience, Cancel);

        public async Task<T> ToldAsync<T>(Predicate<T> isMeant) =>
            (T)await _region.FishForMessageAsync(m => m is T told && isMeant(told), QueueHarness.Patience, cancellationToken: Cancel);

        /// <summary>What has been told by now, through one more round.</summary>
        public async Task<IReadOnlyList<object>> SeenAsync()
        {
            var seen = new List<object>();
            await _region.FishForMessageAsync(
                m =>
                {
                    seen.Add(m);
                    return seen.Count(s => s is KeepRules { Partition: 1 }) == 2;
                },
                QueueHarness.Patience, cancellationToken: Cancel);
            return seen;
        }

        public async Task RestartAsync()
        {
            var watcher = _harness.Probe();
            watcher.Watch(Ledger);
            _harness.System.Stop(Ledger);
            await watcher.ExpectTerminatedAsync(Ledger, QueueHarness.Patience, cancellationToken: Cancel);
            Start();
        }

        public ValueTask DisposeAsync() => _harness.DisposeAsync();

        private void Start() => Ledger = _harness.System.ActorOf(OperatorLedger.Props(_harness.Services));
    }
}
