using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Mta.Node.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Mta.Node.Management;

/// <summary>The management endpoint's place in the host.</summary>
internal static class ManagementHosting
{
    private const string OwnMeters = "Mta.*";

    /// <summary>Adds the server with the management address, and the metrics.</summary>
    public static void AddManagement(this WebApplicationBuilder builder, ManagementOptions options)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ILogger log = kestrel.ApplicationServices.GetRequiredService<ILogger<ManagementOptions>>();
            kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen => listen.Use(next => new ConnectionLimit(next, options.MaxConnections, log).OnConnectedAsync));
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("mta")).WithMetrics(metrics => metrics
            .AddMeter(OwnMeters, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }

    /// <summary>Maps the endpoint's paths.</summary>
    public static void MapManagement(this WebApplication application)
    {
        application.MapHealth();
        application.MapCluster();
        application.MapQueues();
        application.MapPrometheusScrapingEndpoint("/metrics");
    }

    /// <summary>Where the management endpoint listens; known once the host has started.</summary>
    public static Uri? ManagementAddress(this IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Select(a => new Uri(a)).FirstOrDefault();

    /// <summary>Closes connections above a limit, so that the endpoint cannot take the node's sockets.</summary>
    private sealed class ConnectionLimit(ConnectionDelegate next, int limit, ILogger log)
    {
        private int _open;

        public async Task OnConnectedAsync(ConnectionContext connection)
        {
            try
            {
                if (Interlocked.Increment(ref _open) <= limit)
                {
                    await next(connection);
                    return;
                }
                NodeLog.ManagementFull(log, connection.RemoteEndPoint?.ToString(), limit);
                connection.Abort();
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
    }
}
