using Mta.Cluster;
using Mta.Cluster.Persistence;
using Mta.Node.Configuration;

namespace Mta.Node;

/// <summary>Puts the parts that carry mail into a host, in the order in which they start: spool, actor system with queues and sites, listeners.</summary>
internal static class MailComposition
{
    /// <summary>Adds the parts that carry mail.</summary>
    public static void AddMail(this WebApplicationBuilder builder, NodeConfiguration options)
    {
        builder.Services.AddMtaCluster(Settings(options));
        builder.Services.AddClusterView();
    }

    private static ClusterSettings Settings(NodeConfiguration options) => new(
        options.Node.EffectiveHostName(), options.Cluster, options.Queues, JournalDatabase.Embedded(options.Node.DataDirectory),
        options.Node.AkkaConfigFile.Length > 0 ? options.Node.AkkaConfigFile : null);
}
