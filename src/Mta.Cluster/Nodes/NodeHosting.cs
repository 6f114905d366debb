using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;
using Mta.Cluster.Receiving;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Nodes;

/// <summary>Puts what speaks for a node into a host.</summary>
public static class NodeHosting
{
    /// <summary>Registers <see cref="IClusterControl"/> and the node's drain.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="nodeName">The node's host name.</param>
    /// <param name="version">The program's version.</param>
    public static IServiceCollection AddNodes(this IServiceCollection services, string nodeName, string version)
    {
        services.AddSingleton<NodeDrain>();
        services.AddSingleton<IReadiness>(p => p.GetRequiredService<NodeDrain>());
        services.AddSingleton(p => new DrainedNodes(Clock(p)));
        services.AddSingleton(p => new NodeServices(
            nodeName, version, p.GetRequiredService<NodeDrain>(), p.GetRequiredService<DrainedNodes>(), p.GetServices<IReadiness>,
            () => p.GetService<ReceivingNode>()?.OpenSessions ?? 0, () => p.GetService<DeliveryMetrics>()?.OpenSlots ?? 0, () => p.GetService<QueueMetrics>()?.Mail, Clock(p),
            p.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Nodes")));
        services.AddSingleton<IClusterControl>(p => new AkkaClusterControl(p.GetRequiredService<ActorSystem>(), new Dictionary<string, Func<IActorRef>>
        {
            [ShardExtractors.PartitionType] = () => p.GetRequiredService<IRequiredActor<PartitionRegion>>().ActorRef,
            [ShardExtractors.SiteType] = () => p.GetRequiredService<IRequiredActor<SiteRegion>>().ActorRef,
        }));
        return services;
    }

    /// <summary>Starts the actor that speaks for the node.</summary>
    public static AkkaConfigurationBuilder WithNodes(this AkkaConfigurationBuilder builder) =>
        builder.WithActors((system, _, resolver) => system.ActorOf(NodeReporter.Props(resolver.GetService<NodeServices>()), NodeReporter.Name));

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;
}
