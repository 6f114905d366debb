using System.ComponentModel.DataAnnotations;
using Mta.Cluster;
using OpenTelemetry.Exporter;

namespace Mta.Node.Telemetry;

/// <summary>Traces of mail by OpenTelemetry: one for each message, from its reception to every attempt to deliver it. The trace's id is the message's id.</summary>
public sealed class TracingOptions : IOptionsCheck
{
    /// <summary>Where a collector takes OTLP: <c>http://collector:4317</c> for gRPC, <c>http://collector:4318/v1/traces</c> for HTTP. Empty: no traces.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>What is spoken with the collector: <c>grpc</c> or <c>httpProtobuf</c>.</summary>
    public OtlpExportProtocol Protocol { get; set; } = OtlpExportProtocol.Grpc;

    /// <summary>The part of all messages that is traced, the same ones on every node.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 1;

    /// <summary>True where traces are sent.</summary>
    internal bool IsUsed() => Endpoint.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Check()
    {
        if (IsUsed() && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            yield return new OptionProblem("endpoint", $"'{Endpoint}' is no address of a collector; expected as in http://collector:4317");
    }
}
