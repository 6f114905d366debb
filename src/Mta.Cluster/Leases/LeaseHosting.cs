using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Leases;

/// <summary>Puts the leases into a host.</summary>
public static class LeaseHosting
{
    /// <summary>Registers the keeper of the node's leases where the spool's database serves several nodes; a node with a database of its own needs none.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="spool">Which database.</param>
    /// <param name="dataDirectory">The node's data directory.</param>
    public static IServiceCollection AddLeases(this IServiceCollection services, SpoolOptions spool, string dataDirectory)
    {
        if (spool.Database == SpoolDatabaseKind.Sqlite)
            return services;
        return services.AddSingleton(provider => new LeaseKeeper(
            SqlLeaseStore.Create(spool, dataDirectory),
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<LeaseKeeper>>()));
    }
}
