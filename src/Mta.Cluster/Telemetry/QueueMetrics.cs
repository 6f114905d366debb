using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Telemetry;

/// <summary>Instruments of the queues, meter <c>Mta.Queues</c>.</summary>
public sealed class QueueMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Mta.Queues";

    private static readonly KeyValuePair<string, object?>[] Results =
        [.. Enum.GetValues<AttemptResult>().Select(r => new KeyValuePair<string, object?>("result", r.ToString().ToLowerInvariant()))];

    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _deferrals;
    private readonly Counter<long> _inDoubt;
    private readonly Counter<long> _returns;
    private readonly Histogram<double> _recovery;
    private readonly Histogram<double> _settling;
    private readonly Histogram<int> _settleBatch;
    private readonly Histogram<double> _journaling;
    private readonly ConcurrentDictionary<int, Func<(int Ready, int InFlight, int Deferred)>> _partitions = new();

    /// <summary>The instruments of one node.</summary>
    /// <param name="factory">Where meters are made.</param>
    public QueueMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _accepted = _meter.CreateCounter<long>("mta.queues.accepted", "{message}", "Messages stored.");
        _attempts = _meter.CreateCounter<long>("mta.queues.attempts", "{recipient}", "Recipients attempted, by result: delivered, deferred, rejected, expired.");
        _deferrals = _meter.CreateCounter<long>("mta.queues.deferrals", "{recipient}", "Recipients deferred, by reason.");
        _inDoubt = _meter.CreateCounter<long>("mta.queues.in_doubt", "{recipient}", "Recipients whose delivery may have taken place although it counts as failed.");
        _returns = _meter.CreateCounter<long>("mta.queues.returns", "{message}", "Notifications stored.");
        _recovery = _meter.CreateHistogram<double>("mta.queues.recovery", "s", "Time from the start of a partition until it works.");
        _settling = _meter.CreateHistogram<double>("mta.queues.settle.time", "s", "Time that a settlement took.");
        _settleBatch = _meter.CreateHistogram<int>("mta.queues.settle.refs", "{ref}", "Refs in a settlement.");
        _journaling = _meter.CreateHistogram<double>("mta.queues.journal.time", "s", "Time that a batch of deferrals took to be journaled.");
        _meter.CreateObservableGauge("mta.queues.depth", Depth, "{ref}", "Refs of the partitions that this node owns, by state.");
    }

    internal void Accepted() => _accepted.Add(1);

    internal void Attempted(AttemptRecord record)
    {
        _attempts.Add(1, Results[(int)record.Result]);
        if (record.Reason != DeferralReason.None)
            _deferrals.Add(1, new KeyValuePair<string, object?>("reason", record.Reason.ToString()));
        if (record.InDoubt)
            _inDoubt.Add(1);
    }

    internal void Returned() => _returns.Add(1);

    internal void Recovered(TimeSpan took) => _recovery.Record(took.TotalSeconds);

    internal void Settled(int refs, TimeSpan took)
    {
        _settleBatch.Record(refs);
        _settling.Record(took.TotalSeconds);
    }

    internal void Journaled(TimeSpan took) => _journaling.Record(took.TotalSeconds);

    /// <summary>A partition is owned here: its numbers are asked for when the metrics are read.</summary>
    internal void PartitionStarted(int partition, Func<(int Ready, int InFlight, int Deferred)> depth) => _partitions[partition] = depth;

    internal void PartitionStopped(int partition) => _partitions.TryRemove(partition, out _);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Measurement<long>[] Depth()
    {
        var (ready, inFlight, deferred) = (0L, 0L, 0L);
        foreach (var depth in _partitions.Values)
        {
            var part = depth();
            ready += part.Ready;
            inFlight += part.InFlight;
            deferred += part.Deferred;
        }
        return
        [
            new(ready, new KeyValuePair<string, object?>("state", "ready")),
            new(inFlight, new KeyValuePair<string, object?>("state", "in_flight")),
            new(deferred, new KeyValuePair<string, object?>("state", "deferred")),
        ];
    }
}
