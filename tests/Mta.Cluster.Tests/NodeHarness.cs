using Akka.Actor;
using Akka.Hosting;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Queues;
using Mta.Cluster.Tests.Receiving;
using Xunit;

namespace Mta.Cluster.Tests;

/// <summary>A node as the product composes it, a cluster of one with spool, journal, sharding and queues; a probe stands for the sites.</summary>
public sealed class NodeHarness : IAsyncLifetime
{
    public const int Partitions = 4;
    private readonly string _directory = Directory.CreateTempSubdirectory("mta-node-").FullName;
    private readonly IHost _host;
    private TestKit? _kit;

    public NodeHarness()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        var queues = new QueueOptions { Partitions = Partitions };
        var cluster = new ClusterOptions { Port = 0, DrainTimeout = TimeSpan.FromSeconds(1) };
        builder.Services.AddSpool(new SpoolOptions(), _directory, Partitions);
        builder.Services.AddQueues(queues, "mx.example.org", cluster.DrainTimeout);
        builder.Services.AddSingleton<IRouter>(new FakeRouter());
        builder.Services.AddMtaCluster(
            new ClusterSettings("mx.example.org", cluster, queues, JournalDatabase.Embedded(_directory)),
            (akka, _) => akka.WithActors(Deploy).WithQueues(cluster.Roles));
        _host = builder.Build();
    }

    internal LogLines Log { get; } = new();

    internal TestProbe Site { get; private set; } = null!;

    internal IActorRef Queues => Service<IRequiredActor<PartitionRegion>>().ActorRef;

    internal ActorSystem System => Service<ActorSystem>();

    internal T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        await Service<ISpool>().OpenAsync(CancellationToken.None);
        await _host.StartAsync();
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _kit?.Dispose();
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    internal TestProbe NewProbe() => _kit!.CreateTestProbe();

    private void Deploy(ActorSystem system, IActorRegistry registry)
    {
        _kit = new TestKit(system);
        Site = _kit.CreateTestProbe("sites");
        registry.Register<SiteRegion>(Site);
    }
}
