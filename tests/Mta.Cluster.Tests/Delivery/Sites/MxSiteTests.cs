using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Nodes;
using Mta.Cluster.Telemetry;
using Mta.Cluster.Tests.Receiving;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Xunit;

namespace Mta.Cluster.Tests.Delivery.Sites;

/// <summary>The actor of a site between its queues, the egress and its connections; time stands until it is moved.</summary>
public sealed class MxSiteTests : TestKit
{
    private static readonly QueueKey Queue = new("d.test");
    private static readonly PartitionMap Map = new(16);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly DeliveryOptions _options = new();
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TestProbe _partitions;
    private readonly TestProbe _egress;
    private readonly TestProbe _shard;
    private readonly Nodes _nodes;

    public MxSiteTests()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\nakka.loglevel = WARNING")
    {
        _partitions = CreateTestProbe("partitions");
        _egress = CreateTestProbe("egress");
        _shard = CreateTestProbe("shard");
        _nodes = new Nodes([new EgressNode(new Akka.Actor.Address("akka.tcp", "mta", "192.0.2.1", 4053), _egress)]);
    }

    [Fact]
    public void An_offer_opens_a_connection_and_a_ready_connection_pulls_from_the_queue()
    {
        var site = Start();
        site.Tell(Offer(1));
        var open = _egress.ExpectMsg<OpenConnection>(Patience);
        Assert.Equal((Plan(), site), (open.Plan, open.ReplyTo));
        var connection = Connect(site, open);
        var pull = _partitions.ExpectMsg<PullWork>(Patience);
        Assert.Equal((Map.PartitionOf(Queue), Queue, "site", connection.Ref, site), (pull.Partition, pull.Queue, pull.Site, pull.Connection, pull.ReplyTo));
    }

    [Fact]
    public void A_connection_is_made_where_the_mail_was_accepted_and_the_queue_hears_where_that_is()
    {
        var site = Start();
        var near = CreateTestProbe("near");
        var node = new Akka.Actor.Address("akka.tcp", "mta", "192.0.2.2", 4053);
        _nodes.Members.Add(new EgressNode(node, near));
        site.Tell(Offer(1) with { Node = NodeNames.Of(node) });
        Connect(site, near.ExpectMsg<OpenConnection>(Patience));
        Assert.Equal("192.0.2.2:4053", _partitions.ExpectMsg<PullWork>(Patience).Node);
    }

    [Fact]
    public void Mail_of_a_node_that_makes_no_connections_goes_by_another()
    {
        var site = Start();
        site.Tell(Offer(1) with { Node = "192.0.2.9:4053" });
        Connect(site, _egress.ExpectMsg<OpenConnection>(Patience));
        Assert.Equal("192.0.2.1:4053", _partitions.ExpectMsg<PullWork>(Patience).Node);
    }

    [Fact]
    public void Queues_of_different_policies_get_connections_of_their_own()
    {
        var site = Start();
        site.Tell(Offer(1));
        site.Tell(Offer(1, "other.test", Plan(TlsPolicy.Verify)));
        var first = _egress.ExpectMsg<OpenConnection>(Patience);
        var second = _egress.ExpectMsg<OpenConnection>(Patience);
        Assert.Equal([TlsPolicy.Opportunistic, TlsPolicy.Verify], new[] { first.Plan.Tls, second.Plan.Tls });
        var verified = Connect(site, second);
        var pull = _partitions.ExpectMsg<PullWork>(Patience);
        Assert.Equal(("other.test", verified.Ref), (pull.Queue.Domain, pull.Connection));
    }

    [Fact]
    public void Where_no_host_can_be_reached_the_queue_is_told()
    {
        var site = Start();
        site.Tell(Offer(1));
        var open = _egress.ExpectMsg<OpenConnection>(Patience);
        var reply = new SmtpReply(451, new EnhancedCode(4, 4, 1), "no connection");
        site.Tell(new ConnectionClosed("site", open.ConnectionId, DeferralReason.HostUnreachable, reply));
        var told = _partitions.ExpectMsg<SiteUnreachable>(Patience);
        Assert.Equal((Map.PartitionOf(Queue), Queue, DeferralReason.HostUnreachable, reply), (told.Partition, told.Queue, told.Reason, told.Reply));
    }

    [Fact]
    public void However_many_connections_fail_together_the_queues_are_told_once()
    {
        var site = Start();
        site.Tell(Offer(1000));
        var asked = Enumerable.Range(0, _options.Limits.MaxConnections).Select(_ => _egress.ExpectMsg<OpenConnection>(Patience)).ToList();
        foreach (var open in asked)
            site.Tell(new ConnectionClosed("site", open.ConnectionId, DeferralReason.HostUnreachable, null));
        _partitions.ExpectMsg<SiteUnreachable>(Patience);
        _egress.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_connection_that_nobody_knows_is_told_to_close()
    {
        var site = Start();
        var stale = CreateTestProbe();
        site.Tell(new ConnectionReady("site", 77, stale, 3, 4));
        Assert.Equal(77, stale.ExpectMsg<CloseConnection>(Patience).ConnectionId);
        site.Tell(Offer(1));
        site.Tell(new ConnectionStarted("site", 78, stale));
        Assert.Equal(78, stale.ExpectMsg<CloseConnection>(Patience).ConnectionId);
    }

    [Fact]
    public void A_connection_whose_node_is_lost_is_replaced()
    {
        var site = Start();
        site.Tell(Offer(1));
        var connection = Connect(site, _egress.ExpectMsg<OpenConnection>(Patience));
        var pull = _partitions.ExpectMsg<PullWork>(Patience);
        site.Tell(new WorkTaken("site", Queue, pull.PullId, 1, 1));
        Sys.Stop(connection);
        _egress.ExpectMsg<OpenConnection>(Patience);
    }

    [Fact]
    public void A_stopped_site_closes_its_connections_and_waits_for_their_end()
    {
        var site = Start();
        site.Tell(Offer(30));
        var opened = Enumerable.Range(0, 3).Select(_ => _egress.ExpectMsg<OpenConnection>(Patience)).ToList();
        var connection = Connect(site, opened[0]);
        Watch(site);
        site.Tell(StopSite.Instance);
        connection.ExpectMsg<CloseConnection>(Patience);
        // One that was asked for and starts only now, and one that never came to be.
        var late = CreateTestProbe();
        site.Tell(new ConnectionStarted("site", opened[1].ConnectionId, late));
        late.ExpectMsg<CloseConnection>(Patience);
        site.Tell(new ConnectionClosed("site", opened[1].ConnectionId, DeferralReason.None, null));
        site.Tell(new ConnectionClosed("site", opened[2].ConnectionId, DeferralReason.None, null));
        ExpectNoMsg(TimeSpan.Zero);
        site.Tell(new ConnectionClosed("site", opened[0].ConnectionId, DeferralReason.None, null));
        ExpectTerminated(site, Patience);
    }

    [Fact]
    public void A_stopped_site_waits_no_longer_than_the_drain_takes()
    {
        var site = Start();
        site.Tell(Offer(1));
        _egress.ExpectMsg<OpenConnection>(Patience);
        Watch(site);
        site.Tell(StopSite.Instance);
        AwaitIdle(site);
        Pass(TimeSpan.FromSeconds(21));
        ExpectTerminated(site, Patience);
    }

    [Fact]
    public void A_site_without_work_and_connections_asks_to_be_put_away()
    {
        var site = Start();
        site.Tell(Offer(0));
        AwaitIdle(site);
        PassSeconds(site, 70);
        _shard.FishForMessage<Passivate>(p => p.StopMessage == StopSite.Instance, Patience);
    }

    [Fact]
    public void The_limits_of_the_hosts_hold()
    {
        _options.Sites["*.d.test"] = new SiteOverrideOptions { MaxConnections = 2 };
        var site = Start();
        site.Tell(Offer(1000));
        _egress.ExpectMsg<OpenConnection>(Patience);
        _egress.ExpectMsg<OpenConnection>(Patience);
        AwaitIdle(site);
        _egress.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void No_connection_is_opened_before_every_node_has_said_what_an_earlier_owner_has_left()
    {
        var other = AddNode(2);
        var site = StartCounting();
        site.Tell(Offer(5));
        site.Tell(Offer(1));
        var (first, second) = (_egress.ExpectMsg<CountConnections>(Patience), other.ExpectMsg<CountConnections>(Patience));
        Assert.NotEqual(first.Census, second.Census);
        site.Tell(new ConnectionsLeft("site", first.Census, 0));
        AwaitIdle(site);
        _egress.ExpectNoMsg(TimeSpan.Zero);
        site.Tell(new ConnectionsLeft("site", second.Census, 0));
        _egress.ExpectMsg<OpenConnection>(Patience);
    }

    [Fact]
    public void A_node_that_does_not_answer_is_asked_again_and_one_that_is_removed_has_nothing_left()
    {
        var other = AddNode(2);
        var site = StartCounting();
        site.Tell(Offer(1));
        site.Tell(new ConnectionsLeft("site", _egress.ExpectMsg<CountConnections>(Patience).Census, 0));
        var asked = other.ExpectMsg<CountConnections>(Patience);
        AwaitIdle(site);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(asked.Census, other.ExpectMsg<CountConnections>(Patience).Census);
        AwaitIdle(site);
        _egress.ExpectNoMsg(TimeSpan.Zero);
        _nodes.Members.RemoveAt(1);
        Pass(TimeSpan.FromSeconds(1));
        _egress.ExpectMsg<OpenConnection>(Patience);
    }

    [Fact]
    public void What_an_earlier_owner_has_left_counts_until_it_has_ended()
    {
        _options.Limits.MaxConnections = 3;
        var site = StartCounting();
        site.Tell(Offer(1000));
        var census = _egress.ExpectMsg<CountConnections>(Patience).Census;
        site.Tell(new ConnectionsLeft("site", census, 2));
        _egress.ExpectMsg<OpenConnection>(Patience);
        AwaitIdle(site);
        _egress.ExpectNoMsg(TimeSpan.Zero);
        site.Tell(new ConnectionsLeft("site", census, 1));
        _egress.ExpectMsg<OpenConnection>(Patience);
        // The last word was lost: the node is asked again.
        AwaitIdle(site);
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(census, _egress.ExpectMsg<CountConnections>(Patience).Census);
        site.Tell(new ConnectionsLeft("site", census, 0));
        _egress.ExpectMsg<OpenConnection>(Patience);
        AwaitIdle(site);
        _egress.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void An_egress_that_does_not_answer_is_asked_again_for_the_same_connection_and_for_no_other()
    {
        _options.Limits.MaxConnections = 1;
        var site = Start();
        site.Tell(Offer(5));
        var asked = _egress.ExpectMsg<OpenConnection>(Patience).ConnectionId;
        AwaitIdle(site);
        PassSeconds(site, 10);
        Assert.Equal(asked, _egress.ExpectMsg<OpenConnection>(Patience).ConnectionId);
        _nodes.Members.Clear();
        PassSeconds(site, 10);
        Assert.Equal(DeferralReason.NodeLost, _partitions.ExpectMsg<SiteUnreachable>(Patience).Reason);
        _egress.ExpectNoMsg(TimeSpan.Zero);
    }

    private TestProbe AddNode(int number)
    {
        var egress = CreateTestProbe();
        _nodes.Members.Add(new EgressNode(new Akka.Actor.Address("akka.tcp", "mta", $"192.0.2.{number}", 4053), egress));
        return egress;
    }

    private void PassSeconds(IActorRef site, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Pass(TimeSpan.FromSeconds(1));
            AwaitIdle(site);
        }
    }

    private static DeliveryPlan Plan(TlsPolicy tls = TlsPolicy.Opportunistic) => new("site", DeliveryTransport.Smtp, Hosts, tls, null);

    private static System.Collections.Immutable.ImmutableArray<DeliveryHost> Hosts { get; } = [new("mx.d.test", 25, 0)];

    private static OfferWork Offer(int ready, string domain = "d.test", DeliveryPlan? plan = null)
    {
        var queue = new QueueKey(domain);
        return new OfferWork("site", Map.PartitionOf(queue), queue, plan ?? Plan(), ready);
    }

    // No node has anything left of an earlier owner.
    private IActorRef Start()
    {
        var site = StartCounting();
        var count = _egress.ExpectMsg<CountConnections>(Patience);
        Assert.Equal(("site", site), (count.Site, count.ReplyTo));
        site.Tell(new ConnectionsLeft("site", count.Census, 0));
        return site;
    }

    private IActorRef StartCounting()
    {
        var services = new SiteServices(
            new SiteLimitTable(_options), _nodes, () => _partitions, Map, TimeSpan.FromSeconds(20), _clock,
            new DeliveryMetrics(_metrics.GetRequiredService<IMeterFactory>()), new LogLines());
        return _shard.ChildActorOf(MxSite.Props("site", services), cancellationToken: TestContext.Current.CancellationToken);
    }

    private TestProbe Connect(IActorRef site, OpenConnection open)
    {
        var connection = CreateTestProbe();
        site.Tell(new ConnectionStarted("site", open.ConnectionId, connection));
        site.Tell(new ConnectionReady("site", open.ConnectionId, connection, 0, 0));
        return connection;
    }

    // All that was sent before has been handled when the answer is here.
    private void AwaitIdle(IActorRef actor)
    {
        actor.Tell(new Identify(1));
        ExpectMsg<ActorIdentity>(Patience);
    }

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        ((TestScheduler)Sys.Scheduler).Advance(time);
    }

    private sealed class Nodes(IReadOnlyList<EgressNode> all) : IEgressNodes
    {
        public List<EgressNode> Members { get; } = [.. all];

        public EgressNode? Next(string wish = "") => Members.Find(m => NodeNames.Of(m.Node) == wish) ?? Members.FirstOrDefault();

        public IReadOnlyList<EgressNode> All() => [.. Members];
    }
}
