using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Audit;

/// <summary>Puts the audit log into a host.</summary>
public static class AuditHosting
{
    /// <summary>Registers <see cref="IAuditLog"/>, and what forgets old records.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="spool">Which database.</param>
    /// <param name="dataDirectory">The node's data directory.</param>
    /// <param name="retention">How long a record is kept.</param>
    public static IServiceCollection AddAudit(this IServiceCollection services, SpoolOptions spool, string dataDirectory, TimeSpan retention)
    {
        services.AddSingleton<IAuditLog>(_ => SqlAuditLog.Create(spool, dataDirectory));
        services.AddHostedService(p => new AuditForgetting(
            p.GetRequiredService<IAuditLog>(), retention, p.GetService<TimeProvider>() ?? TimeProvider.System, p.GetRequiredService<ILoggerFactory>().CreateLogger("Mta.Audit")));
        return services;
    }

    /// <summary>Forgets records that are too old, every hour.</summary>
    private sealed class AuditForgetting(IAuditLog audit, TimeSpan retention, TimeProvider clock, ILogger log) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var hours = new PeriodicTimer(TimeSpan.FromHours(1), clock);
            while (await hours.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await audit.ForgetAsync(clock.GetUtcNow() - retention, stoppingToken).ConfigureAwait(false);
                }
                catch (AuditUnavailableException e)
                {
                    log.NotForgotten(e.Message);
                }
            }
        }
    }
}
