using System.Diagnostics.Metrics;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Leases;
using Mta.Cluster.Membership;
using Mta.Cluster.Persistence;
using Mta.Cluster.Telemetry;
using MemberOptions = Akka.Cluster.Hosting.ClusterOptions;

namespace Mta.Cluster;

/// <summary>Starts the actor system of a node, as a member of its cluster.</summary>
public static class ClusterHosting
{
    /// <summary>The actor system's name, which is part of every member's address.</summary>
    public const string ActorSystemName = "mta";

    private const string MembershipLogName = "Mta.Membership";

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
        if (settings.Cluster.Tls.IsUsed)
            services.AddMemberCertificates(settings.Cluster.Tls);
        return services.AddAkka<ActorSystemService>(ActorSystemName, (builder, provider) =>
        {
            var contracts = Log(provider, "Mta.Contracts");
            // Made with the node, so that the certificate's time is measured from the start.
            _ = provider.GetService<MembershipMetrics>();
            builder
                .WithMembership(settings, provider)
                .AddSetup(JournalSetup.Connections(settings.Journal))
                .AddHocon(AkkaSettings.Of(settings), HoconAddMode.Prepend)
                .WithCustomSerializer(ContractSerializer.Name, ContractSerializer.Markers, system => new ContractSerializer(system, contracts))
                .AddSetup(new LoggerFactorySetup(provider.GetRequiredService<ILoggerFactory>()))
                .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLogger<AkkaLogger>());
            if (settings.SharesDatabase)
                builder.WithLeases(provider.GetRequiredService<LeaseKeeper>());
            configure?.Invoke(builder, provider);
        });
    }

    private static AkkaConfigurationBuilder WithLeases(this AkkaConfigurationBuilder builder, LeaseKeeper keeper) => builder
        .AddSetup(new LeaseSetup(keeper))
        .AddStartup((system, _) => system.RegisterOnTermination(keeper.ForgetAll));

    private static AkkaConfigurationBuilder WithMembership(this AkkaConfigurationBuilder builder, ClusterSettings settings, IServiceProvider provider)
    {
        var place = ClusterPlace.Of(settings.Cluster);
        builder.WithRemoting(new RemoteOptions
        {
            HostName = settings.Cluster.Host,
            Port = settings.Cluster.Port,
            PublicHostName = place.PublicHost,
            EnableSsl = settings.Cluster.Tls.IsUsed,
        });
        if (settings.Cluster.Tls.IsUsed)
            builder.AddSetup(provider.GetRequiredService<MemberCertificates>().Setup);
        // Seeds are no business of Akka's own joining, in which the first seed founds whenever nobody answers.
        builder.WithClustering(new MemberOptions { Roles = [.. settings.Cluster.Roles] });
        var founding = settings.SharesDatabase
            ? new FoundingTerms(provider.GetRequiredService<LeaseKeeper>(), LeaseConfiguration.ShardTerms(settings.Cluster))
            : null;
        var log = Log(provider, MembershipLogName);
        return builder.AddStartup((system, _) => system.ActorOf(ClusterJoining.Props(place, founding, log), "cluster-joining"));
    }

    private static void AddMemberCertificates(this IServiceCollection services, ClusterTlsOptions options)
    {
        services.AddMetrics();
        services.AddSingleton(_ => new MemberCertificates(options));
        services.AddSingleton(p => new MembershipMetrics(p.GetRequiredService<IMeterFactory>(), p.GetRequiredService<MemberCertificates>().ValidUntil, Clock(p)));
        services.AddHostedService(p => new MemberCertificateWatch(p.GetRequiredService<MemberCertificates>(), options, Clock(p), Log(p, MembershipLogName)));
    }

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private static ILogger Log(IServiceProvider provider, string name) => provider.GetRequiredService<ILoggerFactory>().CreateLogger(name);
}
