using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Node.Management.Dashboard;
using Mta.Node.Management.Reference;
using Mta.Node.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Mta.Node.Management;

/// <summary>The management endpoint's place in the host.</summary>
internal static class ManagementHosting
{
    private const string OwnMeters = "Mta.*";

    /// <summary>Adds the server, which the mail listeners use too, and the metrics.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="options">The options.</param>
    /// <param name="serves">False where the node does not serve the endpoint.</param>
    public static void AddManagement(this WebApplicationBuilder builder, ManagementOptions options, bool serves)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (serves)
                kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen => Serve(listen, options));
        });
        builder.Services.AddSingleton<ManagementListener>().AddSingleton(options);
        builder.Services.AddRouting().AddProblemDetails().AddAccess(options);
        builder.Services.ConfigureHttpJsonOptions(json => ManagementJson.Configure(json.SerializerOptions));
        builder.Services.AddReference();
        builder.AddDashboard();
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("mta")).WithMetrics(metrics => metrics
            .AddMeter(OwnMeters, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }

    /// <summary>Maps the endpoint's paths.</summary>
    public static void MapManagement(this WebApplication application)
    {
        // RFC 9457: whatever fails is told in one form.
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.UseRouting();
        application.UseAuthentication();
        application.UseAuthorization();
        application.MapHealth();
        application.MapCluster();
        application.MapNodes();
        application.MapQueues();
        application.MapSites();
        application.MapSuspensions();
        application.MapHolds();
        application.MapRoutes();
        application.MapJobs();
        application.MapMessages();
        application.MapMessageContent();
        application.MapExplain();
        application.MapEvents();
        application.MapTraces();
        application.MapAudit();
        application.MapSelf();
        application.MapReference();
        application.MapDashboard();
        IEndpointConventionBuilder metrics = application.MapPrometheusScrapingEndpoint("/metrics");
        if (application.Services.GetRequiredService<ManagementOptions>().OpenMetrics)
            metrics.ForAnyone();
        else
            metrics.ForViewers();
    }

    /// <summary>Where the management endpoint listens; known once the host has started, null where it does not.</summary>
    public static Uri? ManagementAddress(this IServiceProvider services) =>
        services.GetRequiredService<ManagementListener>().Bound?.IPEndPoint is { } bound
            ? new Uri($"{(services.GetRequiredService<ManagementOptions>().Tls.IsUsed() ? "https" : "http")}://{bound}")
            : null;

    private static void Serve(ListenOptions listen, ManagementOptions options)
    {
        listen.ApplicationServices.GetRequiredService<ManagementListener>().Bound = listen;
        ILogger log = listen.ApplicationServices.GetRequiredService<ILogger<ManagementOptions>>();
        listen.Use(next => new ConnectionLimit(next, options.MaxConnections, log).OnConnectedAsync);
        if (!options.Tls.IsUsed())
            return;
        ManagementCertificate certificate = new(options, listen.ApplicationServices.GetRequiredService<TimeProvider>(), log);
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Current()) });
    }

    /// <summary>Holds the endpoint's listener, whose port is final when the server has started.</summary>
    private sealed class ManagementListener
    {
        public ListenOptions? Bound { get; set; }
    }

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
