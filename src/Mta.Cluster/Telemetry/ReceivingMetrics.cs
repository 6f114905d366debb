using System.Diagnostics.Metrics;

namespace Mta.Cluster.Telemetry;

/// <summary>Instruments of receiving, meter <c>Mta.Receiving</c>.</summary>
public sealed class ReceivingMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Mta.Receiving";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _authenticationFailures;

    /// <summary>The instruments of one node.</summary>
    /// <param name="factory">Where meters are made.</param>
    public ReceivingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _sessions = _meter.CreateUpDownCounter<long>("mta.receiving.sessions", "{session}", "SMTP sessions that are open.");
        _messages = _meter.CreateCounter<long>("mta.receiving.messages", "{message}", "Messages accepted.");
        _bytes = _meter.CreateCounter<long>("mta.receiving.bytes", "By", "Octets of accepted messages.");
        _refused = _meter.CreateCounter<long>("mta.receiving.refused", "{refusal}", "Connections, recipients and messages refused, by class.");
        _authenticationFailures = _meter.CreateCounter<long>("mta.receiving.authentication.failures", "{failure}", "Failed authentications.");
    }

    internal void SessionOpened(string listener) => _sessions.Add(1, new KeyValuePair<string, object?>("listener", listener));

    internal void SessionClosed(string listener) => _sessions.Add(-1, new KeyValuePair<string, object?>("listener", listener));

    internal void Accepted(string listener, long bytes)
    {
        var tag = new KeyValuePair<string, object?>("listener", listener);
        _messages.Add(1, tag);
        _bytes.Add(bytes, tag);
    }

    /// <summary>Counts a refusal.</summary>
    /// <param name="class">connections, address, closed, relay, message or spool.</param>
    internal void Refused(string @class) => _refused.Add(1, new KeyValuePair<string, object?>("class", @class));

    internal void AuthenticationFailed(string mechanism) =>
        _authenticationFailures.Add(1, new KeyValuePair<string, object?>("mechanism", mechanism));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
