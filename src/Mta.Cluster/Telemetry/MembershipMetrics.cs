using System.Diagnostics.Metrics;

namespace Mta.Cluster.Telemetry;

/// <summary>Instruments of membership, meter <c>Mta.Membership</c>.</summary>
public sealed class MembershipMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Mta.Membership";

    private readonly Meter _meter;

    /// <summary>The instruments of one node that speaks TLS with the others.</summary>
    /// <param name="factory">Where meters are made.</param>
    /// <param name="validUntil">When the certificate ends that the node shows.</param>
    /// <param name="time">The clock.</param>
    public MembershipMetrics(IMeterFactory factory, DateTimeOffset validUntil, TimeProvider time)
    {
        _meter = factory.Create(MeterName);
        _meter.CreateObservableGauge(
            "mta.membership.certificate.remaining", () => (validUntil - time.GetUtcNow()).TotalSeconds, "s",
            "How long the certificate that this node shows the other members is still valid; negative when it has ended.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
