using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Connections;
using Mta.Cluster.Delivery.Maildir;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Dns;
using Mta.Cluster.Telemetry;
using Mta.Cluster.Tests.Receiving;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Xunit;
using Address = Mta.Protocol.Smtp.Address;
using Envelope = Mta.Protocol.Smtp.Envelope;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>An egress with real sockets; the site, the partitions and the domain queue are the test.</summary>
internal sealed class ConnectionHarness : TestKit
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private long _pulls;

    public ConnectionHarness(Action<DeliveryOptions>? configure = null, TimeSpan? idleAtMost = null)
        : base("akka.loglevel = WARNING")
    {
        configure?.Invoke(Options);
        Site = CreateTestProbe("site");
        Queue = CreateTestProbe("queue");
        Egress = Sys.ActorOf(Cluster.Delivery.Egress.Props(new DeliveryServices
        {
            Options = Options,
            HeloName = "helo.test",
            Spool = Spool,
            Dns = Dns,
            Own = new OwnAddresses(Options),
            Routes = new RouteCredentials(Options),
            Failed = new FailedAddresses(TimeProvider.System),
            Certificates = new PeerCertificates(Options.AuthoritiesFile),
            Maildir = new MaildirStore("node.test", TimeProvider.System),
            Clock = TimeProvider.System,
            Metrics = new DeliveryMetrics(_services.GetRequiredService<IMeterFactory>()),
            Log = Lines,
            IdleAtMost = idleAtMost ?? TimeSpan.FromMinutes(15),
        }, Others));
    }

    public DeliveryOptions Options { get; } = new();

    /// <summary>The other nodes that can make connections.</summary>
    public OtherNodes Others { get; } = new();

    public TestProbe Site { get; }

    public TestProbe Queue { get; }

    public IActorRef Egress { get; }

    public BodiesOnly Spool { get; } = new();

    public TableDns Dns { get; } = new();

    public LogLines Lines { get; } = new();

    /// <summary>A plan to hosts of a configured route, which may be on loopback.</summary>
    public static DeliveryPlan PlanTo(TlsPolicy tls, DeliveryTransport transport, params DeliveryHost[] hosts) => new("site", transport, [.. hosts], tls, "*");

    /// <summary>A plan to a scripted peer.</summary>
    public static DeliveryPlan PlanTo(ScriptedPeer peer, TlsPolicy tls = TlsPolicy.None) =>
        PlanTo(tls, DeliveryTransport.Smtp, new DeliveryHost("127.0.0.1", peer.Port, 0));

    /// <summary>Configures the route that <see cref="PlanTo(ScriptedPeer, TlsPolicy)"/> names.</summary>
    public static Action<DeliveryOptions> Route(Action<RouteOptions>? configure = null) => options =>
    {
        var route = new RouteOptions { Domains = ["*"], Hosts = ["127.0.0.1"] };
        configure?.Invoke(route);
        options.Routes.Add(route);
    };

    /// <summary>Has a connection opened, and gives its actor once the site has heard of it.</summary>
    public IActorRef Open(DeliveryPlan plan, long id = 1)
    {
        Egress.Tell(new OpenConnection("site", id, plan, "", Site));
        return Site.ExpectMsg<ConnectionStarted>(m => Assert.Equal(id, m.ConnectionId), Patience).Connection;
    }

    /// <summary>As <see cref="Open"/>, and waits until it is ready.</summary>
    public IActorRef OpenReady(DeliveryPlan plan)
    {
        var connection = Open(plan);
        ExpectReady(0, 0);
        return connection;
    }

    public void ExpectReady(int delivered, long lastPull) =>
        Site.ExpectMsg<ConnectionReady>(m => Assert.Equal((delivered, lastPull), (m.Delivered, m.LastPullId)), Patience);

    public ConnectionClosed ExpectClosed() => Site.ExpectMsg<ConnectionClosed>(Patience);

    /// <summary>Hands messages to a connection.</summary>
    public DeliverBatch Hand(IActorRef connection, params QueuedRef[] refs)
    {
        var batch = new DeliverBatch(3, 9, new QueueKey("d.test"), ++_pulls, [.. refs.Select(r => new AttemptedRef(r, 1))]);
        connection.Tell(batch, Queue);
        return batch;
    }

    /// <summary>A message that the spool holds.</summary>
    public QueuedRef Message(string body, params string[] recipients) => Message(new MemoryBody(body), recipients);

    public QueuedRef Message(Cluster.Spool.IMessageBody body, params string[] recipients)
    {
        var id = MessageId.New(DateTimeOffset.UtcNow);
        Spool.Bodies[id] = () => body;
        var envelope = new Envelope(new Address("from", "s.test"), [.. recipients.Select(r => new Recipient(new Address(r, "d.test")))]);
        return new QueuedRef(new RefId(id, 0), new QueueKey("d.test"), DateTimeOffset.UtcNow, envelope, body.Size, false);
    }

    /// <summary>Reports until there are so many.</summary>
    public ImmutableArray<RefReport> ExpectReports(int count)
    {
        var reports = ImmutableArray.CreateBuilder<RefReport>();
        while (reports.Count < count)
            reports.AddRange(Queue.ExpectMsg<DeliveryReport>(Patience).Refs);
        Assert.Equal(count, reports.Count);
        return reports.DrainToImmutable();
    }

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(15);

    protected override void AfterAll()
    {
        base.AfterAll();
        _services.Dispose();
    }
}

/// <summary>Names and addresses that a test makes up.</summary>
internal sealed class TableDns : IDnsResolver
{
    public ConcurrentDictionary<string, DnsAnswer<IPAddress>> Addresses { get; } = new();

    public ConcurrentDictionary<string, DnsAnswer<MxRecord>> Mx { get; } = new();

    public ValueTask<DnsAnswer<MxRecord>> LookupMxAsync(string name, CancellationToken cancel) =>
        ValueTask.FromResult(Mx.GetValueOrDefault(name, new(DnsStatus.NameNotFound, [], TimeSpan.Zero)));

    public ValueTask<DnsAnswer<IPAddress>> LookupAddressesAsync(string name, CancellationToken cancel) =>
        ValueTask.FromResult(Addresses.GetValueOrDefault(name, new(DnsStatus.NameNotFound, [], TimeSpan.Zero)));

    public void Add(string name, params string[] addresses) =>
        Addresses[name] = new(DnsStatus.Found, [.. addresses.Select(IPAddress.Parse)], TimeSpan.FromHours(1));
}

/// <summary>Stands for the egress of another node.</summary>
internal sealed class OtherNodes : Cluster.Delivery.Sites.IEgressNodes
{
    public ICanTell? Other { get; set; }

    public Cluster.Delivery.Sites.EgressNode? Next(string wish = "") => Other is { } other ? new(Akka.Actor.Address.AllSystems, other) : null;

    public IReadOnlyList<Cluster.Delivery.Sites.EgressNode> All() => Next() is { } other ? [other] : [];
}
