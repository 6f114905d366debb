using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Contracts;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Mta.Cluster.Returns;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Receiving;
using Mta.Cluster.Tests.Spool;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Intake;
using Mta.Queueing.Listing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>
/// Partitions with all that they work with: a real spool and a real journal, each in a file of its own, and the product's intake, hints, notifications and
/// serializers. Probes stand for the sites and the connections, and the routes are the test's.
/// </summary>
internal sealed class QueueHarness : IAsyncDisposable
{
    public const string Node = "mx.example.org";

    /// <summary>The name of the node that accepts, as the cluster knows it.</summary>
    public const string Acceptor = "mx.example.org:4053";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Config Quiet = """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.test.single-expect-default = 30s
        """;

    private readonly SqliteHarness _database = new();
    private readonly Measurements _measurements = new();
    private readonly TestKit _kit;
    private readonly IntakeParts _intake;
    private readonly IActorRef _region;
    private int _starts;

    private QueueHarness(QueueOptions options, QueuePace pace, TimeProvider clock, SpoolOptions? spool)
    {
        var cluster = new ClusterSettings(Node, new ClusterOptions(), options, JournalDatabase.Embedded(_database.Directory));
        var system = ActorSystem.Create("test", ActorSystemSetup.Empty
            .And(BootstrapSetup.Create().WithConfig(Quiet.WithFallback(AkkaSettings.Of(cluster))))
            .And(JournalSetup.Connections(cluster.Journal))
            .And(SerializationSetup.Create(s =>
                [SerializerDetails.Create(ContractSerializer.Name, new ContractSerializer(s, NullLogger.Instance), [.. ContractSerializer.Markers])])));
        _kit = new TestKit(system);
        Site = Probe("site");
        Spool = new FaultySpool(_database.Create(spool, Health, options.Partitions));
        _region = system.ActorOf(Akka.Actor.Props.Create(() => new Region(this)), "region");
        _intake = new IntakeParts(this, options);
        Services = new QueueServices(
            options, QueueHosting.PoliciesOf(options), Spool, Router, new ReturnComposer(Spool, _intake.Splitter, clock, Node), _intake.Hints,
            () => Site, clock, _measurements.Instruments, Log, Node, TimeSpan.FromSeconds(20))
        { Health = Health, Pace = pace, Partitions = () => _region };
    }

    public QueueServices Services { get; private set; }

    public FaultySpool Spool { get; }

    public SpoolHealth Health { get; } = new();

    public FakeRouter Router { get; } = new();

    public TestProbe Site { get; }

    public LogLines Log { get; } = new();

    public Measurements Measurements => _measurements;

    public ActorSystem System => _kit.Sys;

    public SqliteHarness Database => _database;

    /// <summary>The partition that runs.</summary>
    public IActorRef Partition { get; private set; } = ActorRefs.Nobody;

    /// <summary>False: announcements are lost on their way.</summary>
    public bool DeliversHints { get; set; } = true;

    public Intake Intake => _intake.Intake;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A partition that has recovered.</summary>
    public static async Task<QueueHarness> StartAsync(
        Action<QueueOptions>? configure = null, QueuePace? pace = null, TimeProvider? clock = null, SpoolOptions? spool = null)
    {
        var harness = await CreateAsync(configure, pace, clock, spool);
        await harness.StartPartitionAsync();
        return harness;
    }

    /// <summary>All but a partition.</summary>
    public static async Task<QueueHarness> CreateAsync(
        Action<QueueOptions>? configure = null, QueuePace? pace = null, TimeProvider? clock = null, SpoolOptions? spool = null)
    {
        var options = new QueueOptions { Partitions = 1 };
        configure?.Invoke(options);
        var harness = new QueueHarness(options, pace ?? Quick, clock ?? TimeProvider.System, spool);
        await harness.Spool.OpenAsync(Cancel);
        return harness;
    }

    /// <summary>Repetitions that a test waits for come soon; nothing else happens by itself.</summary>
    public static QueuePace Quick { get; } = new()
    {
        RetryAfter = TimeSpan.FromMilliseconds(20),
        TickEvery = TimeSpan.FromMilliseconds(50),
        RemindAfter = TimeSpan.Zero,
        LookEvery = TimeSpan.FromMilliseconds(5),
        ClockMargin = TimeSpan.Zero,
        ConnectionGrace = TimeSpan.FromMilliseconds(50),
    };

    public void With(Func<QueueServices, QueueServices> change) => Services = change(Services);

    public TestProbe Probe(string? name = null) => _kit.CreateTestProbe(name);

    public Connection Connect() => new(this, Probe());

    /// <summary>Starts the partition and waits until it has recovered.</summary>
    public async Task StartPartitionAsync()
    {
        BeginPartition();
        await RecoveredAsync();
    }

    public IActorRef BeginPartition() =>
        Partition = System.ActorOf(QueuePartition.Props(Services, 0), $"partition-{++_starts}");

    public Task RecoveredAsync() => _measurements.NextAsync("mta.queues.recovery", Cancel).WaitAsync(Patience, Cancel);

    /// <summary>Stops the partition as a lost node would: without grace.</summary>
    public async Task KillPartitionAsync()
    {
        var watcher = Probe();
        watcher.Watch(Partition);
        System.Stop(Partition);
        await watcher.ExpectTerminatedAsync(Partition, Patience, cancellationToken: Cancel);
    }

    /// <summary>Asks the partition to end in good order; the watcher learns when it has.</summary>
    public TestProbe StopPartition()
    {
        var watcher = Probe();
        watcher.Watch(Partition);
        Partition.Tell(Cluster.Queues.StopPartition.Instance);
        return watcher;
    }

    /// <summary>Completes when the partition has done what it was told before, and still lives.</summary>
    public async Task PassAsync()
    {
        // The second is sent when the first is answered, and so stands behind all that the partition told itself before that.
        for (var i = 0; i < 2; i++)
            await ListAsync(limit: 0);
    }

    public async Task RestartPartitionAsync()
    {
        await KillPartitionAsync();
        await StartPartitionAsync();
    }

    /// <summary>Stores a message and announces it, as a session does.</summary>
    public async Task AcceptAsync(IncomingMessage message)
    {
        await _intake.Intake.AcceptAsync(message, Cancel);
        message.Inline?.Dispose();
    }

    /// <summary>An announcement that comes again, whenever that is.</summary>
    public void AnnounceAgain(QueuedRef announced) => Partition.Tell(new AnnounceRefs(0, [announced]));

    /// <summary>The next offer to a site that is one of work.</summary>
    public async Task<OfferWork> OfferedAsync() =>
        (OfferWork)await Site.FishForMessageAsync(m => m is OfferWork { Ready: > 0 }, Patience, cancellationToken: Cancel);

    public Task<Settlement> SettledAsync() => Spool.SettledAsync(Cancel).WaitAsync(Patience, Cancel);

    /// <summary>What the partition says of its queues.</summary>
    public Task<QueueListing> ListAsync(int limit = 100, string domain = "") => ListAsync(QueueQuery.Deepest(limit) with { Domains = domain });

    /// <summary>What the partition answers to a query.</summary>
    public Task<QueueListing> ListAsync(QueueQuery query) => Partition.Ask<QueueListing>(new ListQueues(0, query), Patience, Cancel);

    /// <summary>What the partition says of its sites.</summary>
    public Task<SitesListed> SitesAsync() => Partition.Ask<SitesListed>(new ListSites(0), Patience, Cancel);

    /// <summary>What the partition says of a domain's queue; null where it holds nothing.</summary>
    public async Task<QueueStatus?> StatusAsync(string domain)
    {
        return (await ListAsync(10, domain)).Queues.SingleOrDefault(q => q.Depth > 0);
    }

    /// <summary>Waits until a domain's queue is as the condition says.</summary>
    public async Task<QueueStatus> UntilAsync(string domain, Func<QueueStatus, bool> condition)
    {
        QueueStatus? status = null;
        await Eventually.IsSoAsync(
            async () => (status = await StatusAsync(domain)) is not null && condition(status),
            () => $"{status?.ToString() ?? "the queue holds nothing"}\n{string.Join('\n', Log.All)}");
        return status!;
    }

    /// <summary>Waits until a domain's queue holds nothing.</summary>
    public Task UntilEmptyAsync(string domain) => Eventually.IsSoAsync(
        async () => await StatusAsync(domain) is null, () => $"{domain} is not empty\n{string.Join('\n', Log.All)}");

    /// <summary>Waits for a line of the log that contains this, so many times.</summary>
    public Task LoggedAsync(string part, int times = 1) => Eventually.IsSoAsync(
        () => Log.All.Count(line => line.Contains(part, StringComparison.Ordinal)) >= times, () => $"not logged: {part}\n{string.Join('\n', Log.All)}");

    /// <summary>What the journal says, read as the next owner would. The partition must not be running.</summary>
    public async Task<ImmutableArray<RefDeferred>> JournaledAsync()
    {
        var owner = Probe();
        var reader = owner.ChildActorOf(JournalWriter.Props(0, new ReplyInterner()));
        var ready = await owner.ExpectMsgAsync<JournalReady>(Patience, cancellationToken: Cancel);
        owner.Watch(reader);
        System.Stop(reader);
        await owner.ExpectTerminatedAsync(reader, Patience, cancellationToken: Cancel);
        return ready.State.Snapshot();
    }

    /// <summary>Does something in the journal's database, below the product.</summary>
    public async Task<string?> JournalSqlAsync(string text)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_database.Directory, "journal.db")};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        return Convert.ToString(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }

    /// <summary>The refs that the spool holds.</summary>
    public async Task<List<StoredRef>> StoredAsync() => await Spool.RefsAsync(0);

    public async Task<QueuedRef?> StoredAsync(RefId id) => (await Spool.ReadEnvelopesAsync(0, [id], Cancel)).SingleOrDefault();

    public async ValueTask DisposeAsync()
    {
        await System.Terminate().WaitAsync(TimeSpan.FromMinutes(1));
        _kit.Dispose();
        await _database.DisposeAsync();
        _measurements.Dispose();
    }

    /// <summary>The way in. Its region is the partition that runs.</summary>
    private sealed class IntakeParts
    {
        public IntakeParts(QueueHarness harness, QueueOptions options)
        {
            Splitter = new RefSplitter(new PartitionMap(options.Partitions));
            Hints = new HintOutbox(() => harness._region, options.Partitions, options.MaxPendingHints, () => Acceptor);
            Intake = new Intake(
                harness.Spool, harness.Health, Splitter, Hints, harness.Measurements.Instruments, harness.Log, Node);
            Intake.Open();
        }

        public RefSplitter Splitter { get; }

        public HintOutbox Hints { get; }

        public Intake Intake { get; }
    }

    private sealed class Region : ReceiveActor
    {
        public Region(QueueHarness harness) => ReceiveAny(message =>
        {
            if (harness.DeliversHints || message is not AnnounceRefs)
                harness.Partition.Forward(message);
        });
    }
}
