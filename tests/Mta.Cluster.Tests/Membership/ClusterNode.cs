using System.Globalization;
using Akka.Actor;
using Akka.Hosting;
using Akka.Remote;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Leases;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Cluster.Tests.Queues;
using Mta.Cluster.Tests.Receiving;

namespace Mta.Cluster.Tests.Membership;

/// <summary>A node of a cluster in this process, on a shared database: leases, partitions and membership as the product composes them; a probe stands for the sites.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    public const int Partitions = 8;
    private readonly IHost _host;
    private TestKit? _kit;

    public ClusterNode(SpoolOptions spool, ClusterOptions cluster)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"mx{cluster.Port}.example.org");
        Address = string.Create(CultureInfo.InvariantCulture, $"{cluster.Host}:{cluster.Port}");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        var queues = new QueueOptions { Partitions = Partitions };
        cluster.DrainTimeout = TimeSpan.FromSeconds(1);
        builder.Services.AddSpool(spool, "", Partitions);
        builder.Services.AddLeases(spool, "");
        builder.Services.AddQueues(queues, Name, cluster.DrainTimeout);
        builder.Services.AddSingleton<IRouter>(new FakeRouter());
        builder.Services.AddMtaCluster(
            new ClusterSettings(Name, cluster, queues, JournalDatabase.Beside(spool, "")), (akka, _) => akka.WithActors(Deploy).WithQueues(cluster.Roles));
        builder.Services.AddClusterView();
        _host = builder.Build();
    }

    public string Name { get; }

    public string Address { get; }

    public LogLines Log { get; } = new();

    public ActorSystem System => Service<ActorSystem>();

    /// <summary>The addresses of the members that are up, as this node sees them.</summary>
    public IReadOnlyList<string> Up => [.. Service<IClusterView>().Current.Members
        .Where(m => m.Status == "Up").Select(m => m.Node[(m.Node.IndexOf('@', StringComparison.Ordinal) + 1)..]).Order()];

    public bool IsReady => Service<PartitionReadiness>().NotReadyBecause is null;

    /// <summary>How many partitions answer this node, wherever they are.</summary>
    public int AwakePartitions => Service<PartitionReadiness>().Awake;

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Options of a member whose first seed is the founder.</summary>
    public static ClusterOptions Options(int port, params int[] seeds) => new()
    {
        Port = port,
        Seeds = [.. seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{seed}"))],
    };

    public async Task StartAsync()
    {
        await Service<ISpool>().OpenAsync(CancellationToken.None);
        await _host.StartAsync();
    }

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Ends the node without a word to the others: its sockets are closed, and nothing is handed over or given back.</summary>
    public async Task KillAsync()
    {
        // The keeper first: what a node gives back while its actors stop, a dead one does not.
        await Service<LeaseKeeper>().DisposeAsync();
        var system = (ExtendedActorSystem)System;
        await ((IRemoteActorRefProvider)system.Provider).Transport.Shutdown();
        system.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _kit?.Dispose();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private void Deploy(ActorSystem system, IActorRegistry registry)
    {
        _kit = new TestKit(system);
        registry.Register<SiteRegion>(_kit.CreateTestProbe("sites"));
    }
}
