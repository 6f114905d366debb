using Akka.Hosting;
using Mta.Cluster;
using Mta.Cluster.Audit;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Dialogues;
using Mta.Cluster.Events;
using Mta.Cluster.Explaining;
using Mta.Cluster.Leases;
using Mta.Cluster.Nodes;
using Mta.Cluster.Persistence;
using Mta.Cluster.Queues;
using Mta.Cluster.Receiving;
using Mta.Cluster.Spool;
using Mta.Node.Configuration;

namespace Mta.Node;

/// <summary>
/// Puts the parts that carry mail into a host. They start in the order spool (opened by <see cref="NodeHost"/> before the host starts), actor system with
/// queues and sites, listeners; and stop the other way round.
/// </summary>
internal static class MailComposition
{
    /// <summary>Adds the parts that carry mail.</summary>
    public static void AddMail(this WebApplicationBuilder builder, NodeConfiguration options)
    {
        string hostName = options.Node.EffectiveHostName();
        string dataDirectory = options.Node.DataDirectory;
        IServiceCollection services = builder.Services;
        services.AddSpool(options.Spool, dataDirectory, options.Queues.Partitions);
        services.AddLeases(options.Spool, dataDirectory);
        services.AddQueues(options.Queues, hostName, options.Cluster.DrainTimeout);
        services.AddMailEvents(hostName);
        services.AddDialogues(hostName);
        services.AddNodes(hostName, NodeHost.Version);
        services.AddAudit(options.Spool, dataDirectory, options.Management.AuditRetention);
        services.AddRouting(options.Delivery, options.Dns, OwnNames(options));
        services.AddDelivery(options.Delivery, options.Queues.Partitions, hostName, options.Cluster.DrainTimeout);
        services.AddExplanations(options.Queues, options.Delivery);
        if (TakesMail(options))
        {
            services.AddReceiving(options.Receiving, hostName, dataDirectory);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddSmtpListeners());
        }
        services.AddMtaCluster(Settings(options), (akka, _) => Deploy(akka, options));
        services.AddClusterView();
    }

    private static void Deploy(AkkaConfigurationBuilder akka, NodeConfiguration options)
    {
        akka.WithQueues(options.Cluster.Roles).WithDelivery(options.Cluster.Roles, options.Cluster.DrainTimeout).WithNodes().WithMailEvents().WithDialogues();
        if (TakesMail(options))
            akka.WithReceiving();
    }

    private static bool TakesMail(NodeConfiguration options) => options.Cluster.Roles.Contains(ClusterRoles.Ingress);

    private static ClusterSettings Settings(NodeConfiguration options) => new(
        options.Node.EffectiveHostName(), options.Cluster, options.Queues, JournalDatabase.Beside(options.Spool, options.Node.DataDirectory),
        options.Node.AkkaConfigFile.Length > 0 ? options.Node.AkkaConfigFile : null);

    /// <summary>The names that an MX record must not lead to, beside those under <c>delivery</c> (RFC 5321 §5.1).</summary>
    private static string[] OwnNames(NodeConfiguration options) => options.Receiving.HostName.Length > 0
        ? [options.Node.EffectiveHostName(), options.Receiving.HostName]
        : [options.Node.EffectiveHostName()];
}
