using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Mta.Queueing;

namespace Mta.Cluster.Telemetry;

/// <summary>Instruments of delivery, meter <c>Mta.Delivery</c>.</summary>
public sealed class DeliveryMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Mta.Delivery";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _unreachable;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _recipients;
    private readonly TopSites _topSites = new();
    private int _sites;
    private int _openSlots;

    /// <summary>The instruments of one node.</summary>
    /// <param name="factory">Where meters are made.</param>
    public DeliveryMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _connections = _meter.CreateUpDownCounter<long>("mta.delivery.connections", "{connection}", "Outgoing connections that have a slot on this node.");
        _opened = _meter.CreateCounter<long>("mta.delivery.connections.opened", "{connection}", "Outgoing connections on which mail could be sent.");
        _failed = _meter.CreateCounter<long>("mta.delivery.connections.failed", "{connection}", "Outgoing connections that failed before or after, by reason.");
        _unreachable = _meter.CreateCounter<long>("mta.delivery.sites.unreachable", "{event}", "Times that no host of a site could be reached, by reason.");
        _messages = _meter.CreateCounter<long>("mta.delivery.messages", "{message}", "Messages whose content was offered to a next hop.");
        _meter.CreateObservableGauge("mta.delivery.sites", () => (long)OwnedSites, "{site}", "Sites that this node owns.");
        _bytes = _meter.CreateCounter<long>("mta.delivery.bytes", "By", "Octets of those messages.");
        _recipients = _meter.CreateCounter<long>(
            "mta.delivery.recipients", "{recipient}", "Recipients that connections of this node have attempted, by result and by site; sites that are not among the busiest are one, other.");
    }

    /// <summary>The sites that this node owns now.</summary>
    internal int OwnedSites => Volatile.Read(ref _sites);

    internal void SiteStarted() => Interlocked.Increment(ref _sites);

    internal void SiteStopped() => Interlocked.Decrement(ref _sites);

    /// <summary>Outgoing connections that have a slot on this node.</summary>
    public int OpenSlots => Volatile.Read(ref _openSlots);

    internal void SlotTaken()
    {
        Interlocked.Increment(ref _openSlots);
        _connections.Add(1);
    }

    internal void SlotFreed()
    {
        Interlocked.Decrement(ref _openSlots);
        _connections.Add(-1);
    }

    internal void Opened() => _opened.Add(1);

    internal void Failed(DeferralReason reason) => _failed.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    internal void SiteUnreachable(DeferralReason reason) => _unreachable.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>Recipients of a site have been attempted.</summary>
    internal void Attempted(string site, ImmutableArray<RecipientOutcome> outcomes)
    {
        var label = new KeyValuePair<string, object?>("site", _topSites.LabelFor(site, outcomes.Length));
        foreach (var outcome in outcomes)
            _recipients.Add(1, label, new KeyValuePair<string, object?>("result", ResultOf(outcome)));
    }

    internal void Sent(long bytes)
    {
        _messages.Add(1);
        _bytes.Add(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static string ResultOf(RecipientOutcome outcome) => outcome switch
    {
        RecipientOutcome.Delivered => "delivered",
        RecipientOutcome.Rejected => "rejected",
        _ => "deferred",
    };
}
