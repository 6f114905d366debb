using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Persistence;
using Membership = Akka.Cluster.Hosting.ClusterOptions;

namespace Mta.Cluster;

/// <summary>Starts the actor system of a node, as a member of its cluster.</summary>
public static class ClusterHosting
{
    /// <summary>The actor system's name, which is part of every member's address.</summary>
    public const string ActorSystemName = "mta";

    /// <summary>
    /// Adds the actor system with journal, serializers, cluster membership and sharding. It starts and stops with the host.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">Validated settings.</param>
    /// <param name="configure">Adds what other parts deploy: the sites' region, connections.</param>
    public static IServiceCollection AddMtaCluster(
        this IServiceCollection services,
        ClusterSettings settings,
        Action<AkkaConfigurationBuilder, IServiceProvider>? configure = null)
    {
        services.AddSingleton(settings);
        return services.AddAkka(ActorSystemName, (builder, provider) =>
        {
            builder
                .WithMembership(settings.Cluster)
                .AddSetup(JournalSetup.Connections(settings.Journal))
                .AddHocon(AkkaSettings.Of(settings), HoconAddMode.Prepend)
                .WithCustomSerializer(ContractSerializer.Name, ContractSerializer.Markers, system => new ContractSerializer(system))
                .ConfigureLoggers(loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.AddLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
                });
            configure?.Invoke(builder, provider);
        });
    }

    private static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder builder, ClusterOptions options)
    {
        builder.WithRemoting(new RemoteOptions
        {
            HostName = options.Host,
            Port = options.Port,
            PublicHostName = options.PublicHost.Length > 0 ? options.PublicHost : null,
        });
        builder.WithClustering(new Membership
        {
            Roles = [.. options.Roles],
            SeedNodes = [.. options.Seeds.Select(seed => $"akka.tcp://{ActorSystemName}@{seed}")],
        });
        // Without seeds a node founds a cluster of its own.
        if (options.Seeds.Count == 0)
        {
            builder.AddStartup((system, _) =>
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                cluster.Join(cluster.SelfAddress);
            });
        }
        return builder;
    }
}
