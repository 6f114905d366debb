using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery.Connections;
using Mta.Cluster.Delivery.Maildir;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Dns;
using Mta.Cluster.Nodes;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Intake;

namespace Mta.Cluster.Delivery;

/// <summary>Puts delivery into a host: the sites' shard region, and the egress of the node.</summary>
public static class DeliveryHosting
{
    // A site closes what is idle; a connection that still is so long after has missed a word, or its site has.
    private static readonly TimeSpan IdleMargin = TimeSpan.FromSeconds(30);

    /// <summary>Registers what sites and connections need. <see cref="ISpool"/> and <see cref="IDnsResolver"/> are others'.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="nodeName">The node's full host name: the name in EHLO where the options give none.</param>
    /// <param name="drainTimeout">How long a site that is handed over waits for its connections.</param>
    public static IServiceCollection AddDelivery(
        this IServiceCollection services, DeliveryOptions options, int partitions, string nodeName, TimeSpan drainTimeout)
    {
        services.AddMetrics();
        services.AddSingleton(p => new DeliveryMetrics(p.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(p => new DrainedNodes(Clock(p)));
        services.AddSingleton(p => new SiteServices(
            new SiteLimitTable(options),
            new EgressNodes(p.GetRequiredService<ActorSystem>(), p.GetRequiredService<DrainedNodes>()),
            Partitions(p),
            new PartitionMap(partitions),
            drainTimeout,
            Clock(p),
            p.GetRequiredService<DeliveryMetrics>(),
            Log(p)));
        services.AddSingleton(p => new DeliveryServices
        {
            Options = options,
            HeloName = options.HeloName.Length > 0 ? options.HeloName : nodeName,
            Spool = p.GetRequiredService<ISpool>(),
            Dns = p.GetRequiredService<IDnsResolver>(),
            Own = new OwnAddresses(options),
            Routes = new RouteCredentials(options),
            Failed = new FailedAddresses(Clock(p)),
            Certificates = new PeerCertificates(options.AuthoritiesFile),
            Maildir = new MaildirStore(nodeName, Clock(p)),
            NodeName = nodeName,
            Dialogues = p.GetService<DialogueTap>() ?? DialogueTap.Nobodys,
            Clock = Clock(p),
            Metrics = p.GetRequiredService<DeliveryMetrics>(),
            Log = Log(p),
            IdleAtMost = LongestIdle(options) + IdleMargin,
        });
        return services;
    }

    /// <summary>Deploys the sites' shard region, or a proxy where the node has not the role, and the egress where it has that role.</summary>
    /// <param name="builder">The actor system's builder.</param>
    /// <param name="roles">The node's roles.</param>
    /// <param name="drainTimeout">How long the connections of a node that leaves may go on with what they have in hand.</param>
    public static AkkaConfigurationBuilder WithDelivery(this AkkaConfigurationBuilder builder, IReadOnlyCollection<string> roles, TimeSpan drainTimeout)
    {
        if (roles.Contains(ClusterRoles.Queue))
            builder.WithShardRegion<SiteRegion>(
                ShardExtractors.SiteType,
                (_, _, resolver) =>
                {
                    var services = resolver.GetService<SiteServices>();
                    return id => MxSite.Props(id, services);
                },
                ShardExtractors.Sites,
                new ShardOptions { Role = ClusterRoles.Queue, HandOffStopMessage = StopSite.Instance })
                .WithActors((system, registry) => LastRegion.EndWithItsShards(system, registry.Get<SiteRegion>(), ClusterRoles.Queue));
        else
            builder.WithShardRegionProxy<SiteRegion>(ShardExtractors.SiteType, ClusterRoles.Queue, ShardExtractors.Sites);
        if (roles.Contains(ClusterRoles.Egress))
            builder.WithActors((system, _, resolver) => StartEgress(system, resolver.GetService<DeliveryServices>(), resolver.GetService<DrainedNodes>(), drainTimeout));
        return builder;
    }

    private static void StartEgress(ActorSystem system, DeliveryServices services, DrainedNodes drained, TimeSpan drainTimeout)
    {
        var egress = system.ActorOf(Egress.Props(services, new EgressNodes(system, drained, others: true)), EgressPath.Name);
        EgressDrain.OnLeaving(system, egress, drainTimeout, services.Log);
    }

    private static TimeSpan LongestIdle(DeliveryOptions options) =>
        options.Sites.Values.Select(s => s.IdleTimeout ?? default).Append(options.Limits.IdleTimeout).Max();

    private static Func<IActorRef> Partitions(IServiceProvider provider)
    {
        var region = new Lazy<IRequiredActor<PartitionRegion>>(provider.GetRequiredService<IRequiredActor<PartitionRegion>>);
        return () => region.Value.ActorRef;
    }

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Delivery");
}
