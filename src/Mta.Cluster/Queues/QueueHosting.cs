using System.Diagnostics.Metrics;
using System.Globalization;
using Akka;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Events;
using Mta.Cluster.Leases;
using Mta.Cluster.Nodes;
using Mta.Cluster.Operations;
using Mta.Cluster.Returns;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Schedule;

namespace Mta.Cluster.Queues;

/// <summary>Puts the queues into a host: intake, partitions, queries.</summary>
public static class QueueHosting
{
    /// <summary>Registers <see cref="IIntake"/>, <see cref="IQueueQueries"/>, <see cref="ISiteQueries"/>, <see cref="ISuspensions"/>, <see cref="IStandingRules"/>, <see cref="IMessageJobs"/>, <see cref="IMessageSearch"/> and what the partitions need. <see cref="ISpool"/> and <see cref="IRouter"/> are others'.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="nodeName">The node's full host name.</param>
    /// <param name="drainTimeout">How long a partition that is handed over waits for deliveries under way.</param>
    public static IServiceCollection AddQueues(this IServiceCollection services, QueueOptions options, string nodeName, TimeSpan drainTimeout)
    {
        services.AddMetrics();
        services.AddSingleton(new RefSplitter(new PartitionMap(options.Partitions), lanes: LanesOf(options)));
        services.AddSingleton(p => new QueueMetrics(p.GetRequiredService<IMeterFactory>(), p.GetService<MailTap>()));
        services.AddSingleton(p => new HintOutbox(Region<PartitionRegion>(p), options.Partitions, options.MaxPendingHints, OwnName(p)));
        services.AddSingleton(p => new Intake(
            p.GetRequiredService<ISpool>(), p.GetRequiredService<SpoolHealth>(), p.GetRequiredService<RefSplitter>(), p.GetRequiredService<HintOutbox>(),
            p.GetRequiredService<QueueMetrics>(), Log(p), nodeName));
        services.AddSingleton<IIntake>(p => p.GetRequiredService<Intake>());
        services.AddSingleton<IQueueQueries>(p => new QueueQueries(Region<PartitionRegion>(p), options.Partitions));
        services.AddSingleton<ISiteQueries>(p => new SiteQueries(Region<PartitionRegion>(p), options.Partitions, EgressOf(p)));
        services.AddSingleton<IMessageSearch>(p => new PartitionSearch(Region<PartitionRegion>(p), options.Partitions, p.GetRequiredService<ISpool>()));
        services.AddSingleton(p => new LedgerAsk(Region<PartitionRegion>(p), Clock(p)));
        services.AddSingleton<ISuspensions>(p => new LedgerSuspensions(p.GetRequiredService<LedgerAsk>(), Clock(p)));
        services.AddSingleton<IStandingRules>(p => new LedgerRules(p.GetRequiredService<LedgerAsk>(), Clock(p)));
        services.AddSingleton<IMessageJobs>(p => new LedgerJobs(p.GetRequiredService<LedgerAsk>(), Clock(p)));
        services.AddSingleton(p => new PartitionReadiness(options.Partitions, Clock(p)));
        services.AddSingleton<IReadiness>(p => p.GetRequiredService<PartitionReadiness>());
        services.AddSingleton(p => ServicesOf(p, options, nodeName, drainTimeout));
        return services;
    }

    /// <summary>Deploys the partitions' shard region, or a proxy where the node has not the role, and the keeper.</summary>
    /// <param name="builder">The actor system's builder.</param>
    /// <param name="roles">The node's roles.</param>
    public static AkkaConfigurationBuilder WithQueues(this AkkaConfigurationBuilder builder, IReadOnlyCollection<string> roles)
    {
        if (roles.Contains(ClusterRoles.Queue))
            builder.WithShardRegion<PartitionRegion>(
                ShardExtractors.PartitionType,
                (_, _, resolver) =>
                {
                    var services = resolver.GetService<QueueServices>();
                    return id => QueuePartition.Props(services, int.Parse(id, CultureInfo.InvariantCulture));
                },
                ShardExtractors.Partitions,
                new ShardOptions { Role = ClusterRoles.Queue, HandOffStopMessage = StopPartition.Instance })
                .WithActors((system, registry) => LastRegion.EndWithItsShards(system, registry.Get<PartitionRegion>(), ClusterRoles.Queue));
        else
            builder.WithShardRegionProxy<PartitionRegion>(ShardExtractors.PartitionType, ClusterRoles.Queue, ShardExtractors.Partitions);
        return builder.WithActors((system, registry, resolver) => Start(system, registry, resolver));
    }

    private static void Start(ActorSystem system, IActorRegistry registry, Akka.DependencyInjection.IDependencyResolver resolver)
    {
        var count = resolver.GetService<QueueServices>().Options.Partitions;
        system.ActorOf(PartitionKeeper.Props(() => registry.Get<PartitionRegion>(), count, resolver.GetService<PartitionReadiness>()), "partition-keeper");
        var intake = resolver.GetService<Intake>();
        intake.Open();
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "close-intake", () =>
        {
            intake.Close();
            return Task.FromResult(Done.Instance);
        });
    }

    private static QueueServices ServicesOf(IServiceProvider p, QueueOptions options, string nodeName, TimeSpan drainTimeout)
    {
        var spool = p.GetRequiredService<ISpool>();
        var clock = Clock(p);
        var returns = new ReturnComposer(spool, p.GetRequiredService<RefSplitter>(), clock, nodeName);
        return new QueueServices(
            options, PoliciesOf(options), spool, p.GetRequiredService<IRouter>(), returns, p.GetRequiredService<HintOutbox>(), Region<SiteRegion>(p), clock,
            p.GetRequiredService<QueueMetrics>(), Log(p), nodeName, drainTimeout)
        { Health = p.GetRequiredService<SpoolHealth>(), Partitions = Region<PartitionRegion>(p), Leases = p.GetService<LeaseKeeper>(), History = p.GetService<IMessageHistory>() };
    }

    /// <summary>The retry policies that the options give, for all domains and for single ones.</summary>
    public static RetryPolicies PoliciesOf(QueueOptions options) => new(
        PolicyOf(options.Retry), options.Domains.Select(d => KeyValuePair.Create(d.Key, PolicyOf(d.Value.Apply(options.Retry)))));

    /// <summary>The policy that some retry options give.</summary>
    public static RetryPolicy PolicyOf(RetryOptions retry) => new()
    {
        FirstRetry = retry.First,
        Factor = retry.Factor,
        MaxInterval = retry.Max,
        Jitter = retry.Jitter,
        Expiry = retry.Expire,
        DelayWarning = retry.DelayWarning > TimeSpan.Zero ? retry.DelayWarning : null,
    };

    /// <summary>How many lanes the options give a domain.</summary>
    internal static DomainTable<int> LanesOf(QueueOptions options) =>
        new(1, options.Domains.Select(d => KeyValuePair.Create(d.Key, d.Value.Lanes)));

    private static Func<IActorRef> Region<TKey>(IServiceProvider provider)
    {
        var region = new Lazy<IRequiredActor<TKey>>(provider.GetRequiredService<IRequiredActor<TKey>>);
        return () => region.Value.ActorRef;
    }

    // The members are known once there is an actor system.
    private static Func<IReadOnlyList<EgressNode>> EgressOf(IServiceProvider provider)
    {
        var nodes = new Lazy<EgressNodes>(() => new EgressNodes(provider.GetRequiredService<ActorSystem>(), provider.GetRequiredService<DrainedNodes>()));
        return () => nodes.Value.All();
    }

    private static Func<string> OwnName(IServiceProvider provider)
    {
        var name = new Lazy<string>(() => NodeNames.Of(Akka.Cluster.Cluster.Get(provider.GetRequiredService<ActorSystem>()).SelfAddress));
        return () => name.Value;
    }

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private static ILogger Log(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Queues");
}
