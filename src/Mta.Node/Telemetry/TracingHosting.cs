using Mta.Cluster.Telemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mta.Node.Telemetry;

/// <summary>Traces' place in the host.</summary>
internal static class TracingHosting
{
    /// <summary>Sends the traces of mail to a collector, where one is configured.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="hostName">The node's host name, which spans carry as their instance.</param>
    public static void AddTracing(this IServiceCollection services, TracingOptions options, string hostName)
    {
        if (!options.IsUsed())
            return;
        services.AddOpenTelemetry().WithTracing(traces => traces
            .ConfigureResource(resource => resource.AddService("mta", serviceInstanceId: hostName))
            .AddSource(MailTraces.SourceName)
            .SetSampler(new MessageSampler(options.SampleRatio))
            .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (new Uri(options.Endpoint), options.Protocol)));
    }
}
