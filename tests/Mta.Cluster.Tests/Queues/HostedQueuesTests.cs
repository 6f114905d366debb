using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.Listing;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The queues as a node has them: sharded, with the journal that the product sets up.</summary>
public sealed class HostedQueuesTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly NodeHarness _node = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task All_partitions_come_to_work_by_themselves() => await ReadyAsync();

    [Fact]
    public async Task A_message_goes_from_the_intake_through_its_queue_to_a_connection_and_is_gone()
    {
        await ReadyAsync();
        var message = Letters.To("user@example.com");
        await _node.Service<IIntake>().AcceptAsync(message, Cancel);

        var offer = await _node.Site.ExpectMsgAsync<OfferWork>(Limit, cancellationToken: Cancel);
        Assert.Equal((FakeRouter.Site, "example.com", 1), (offer.Site, offer.Queue.Domain, offer.Ready));
        var overview = await _node.Service<IQueueQueries>().ListAsync(QueueQuery.Deepest(10), Cancel);
        Assert.Equal("example.com", Assert.Single(overview.Queues).Queue.Domain);
        Assert.Empty(overview.SilentPartitions);

        var connection = _node.NewProbe();
        _node.Queues.Tell(new PullWork(offer.Partition, offer.Queue, offer.Site, 7, 10, connection, _node.Site));
        var batch = await connection.ExpectMsgAsync<DeliverBatch>(Limit, cancellationToken: Cancel);
        var taken = Assert.Single(batch.Refs).Ref;
        Assert.Equal(message.Id, taken.Id.Message);
        _node.Queues.Tell(new DeliveryReport(offer.Partition, offer.Queue, 7, [new RefReport(taken.Id, [Letters.Delivered], null)]));
        await Eventually.IsSoAsync(IsGoneAsync, () => "the ref is still in the spool");

        async Task<bool> IsGoneAsync() =>
            (await _node.Service<ISpool>().ReadEnvelopesAsync(offer.Partition, [taken.Id], Cancel)).Count == 0;
    }

    [Fact]
    public async Task A_partition_that_ended_by_a_fault_is_started_again_with_all_its_mail()
    {
        await ReadyAsync();
        var router = (FakeRouter)_node.Service<IRouter>();
        router.Answer = _ => throw new InvalidOperationException("a fault of the program");
        await _node.Service<IIntake>().AcceptAsync(Letters.To("user@example.com"), Cancel);
        await Eventually.IsSoAsync(() => !router.Asked.IsEmpty, () => "nobody asked for a route");
        router.Always = FakeRouter.Routed();
        await _node.Service<IIntake>().AcceptAsync(Letters.To("user@example.com"), Cancel);
        await Eventually.IsSoAsync(AreBothReadyAsync, () => string.Join('\n', _node.Log.All));

        async Task<bool> AreBothReadyAsync() =>
            (await _node.Service<IQueueQueries>().FindAsync("example.com", Cancel)) is [{ Ready: 2, Site: FakeRouter.Site }];
    }

    [Fact]
    public async Task A_node_that_stops_takes_no_more_mail()
    {
        await ReadyAsync();
        Assert.True(_node.Service<IIntake>().IsOpen);
        await _node.StopAsync();
        Assert.False(_node.Service<IIntake>().IsOpen);
    }

    private Task ReadyAsync()
    {
        var readiness = _node.Service<PartitionReadiness>();
        return Eventually.IsSoAsync(() => readiness.NotReadyBecause is null, () => $"{readiness.NotReadyBecause}\n{string.Join('\n', _node.Log.All)}");
    }
}
