using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mta.Cluster.Spool.Commit;
using Mta.Cluster.Spool.History;
using Mta.Cluster.Spool.PostgreSql;
using Mta.Cluster.Spool.Sqlite;
using Mta.Cluster.Spool.SqlServer;

namespace Mta.Cluster.Spool;

/// <summary>Puts the spool into a container.</summary>
public static class SpoolRegistration
{
    /// <summary>
    /// Registers <see cref="ISpool"/>, <see cref="IMessageHistory"/> and <see cref="SpoolHealth"/> (also as <see cref="IReadiness"/>). The host calls <see cref="ISpool.OpenAsync"/> before anything
    /// else uses the spool; the container disposes it.
    /// </summary>
    /// <param name="services">The container's services.</param>
    /// <param name="options">Which database and how.</param>
    /// <param name="dataDirectory">Where the SQLite file stands; created when it is not there.</param>
    /// <param name="partitions">The number of queue partitions, fixed in the database when it is created.</param>
    public static IServiceCollection AddSpool(this IServiceCollection services, SpoolOptions options, string dataDirectory, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        services.AddSingleton<SpoolHealth>();
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<SpoolHealth>());
        services.AddSingleton(provider => Create(
            options,
            dataDirectory,
            partitions,
            provider.GetRequiredService<SpoolHealth>(),
            provider.GetService<ILogger<SqlSpool>>() ?? NullLogger<SqlSpool>.Instance,
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<ISpool>(provider => provider.GetRequiredService<SqlSpool>());
        services.AddSingleton<IMessageHistory>(provider => provider.GetRequiredService<SqlSpool>());
        return services;
    }

    internal static SqlSpool Create(
        SpoolOptions options, string dataDirectory, int partitions, SpoolHealth health, ILogger<SqlSpool> logger, TimeProvider clock) =>
        new(CreateDatabase(options, dataDirectory, clock), options, partitions, health, logger, clock);

    private static ISpoolDatabase CreateDatabase(SpoolOptions options, string dataDirectory, TimeProvider clock) => options.Database switch
    {
        SpoolDatabaseKind.Sqlite => new SqliteDatabase(Path.GetFullPath(Path.Combine(dataDirectory, options.File)), options),
        SpoolDatabaseKind.PostgreSql => new PostgreSqlDatabase(options),
        SpoolDatabaseKind.SqlServer => new SqlServerDatabase(options, clock),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Database, "Unknown database."),
    };
}
