using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Mta.Cluster.Contracts;
using Mta.Cluster.Events;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Telemetry;

/// <summary>Instruments of the queues, meter <c>Mta.Queues</c>. What is counted of attempts is shown to those who watch, too.</summary>
public sealed class QueueMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Mta.Queues";

    private static readonly KeyValuePair<string, object?>[] Results =
        [.. Enum.GetValues<AttemptResult>().Select(r => new KeyValuePair<string, object?>("result", r.ToString().ToLowerInvariant()))];

    private readonly MailTap? _tap;
    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _deferrals;
    private readonly Counter<long> _inDoubt;
    private readonly Counter<long> _returns;
    private readonly Counter<long> _taken;
    private readonly Histogram<double> _recovery;
    private readonly Histogram<double> _settling;
    private readonly Histogram<int> _settleBatch;
    private readonly Histogram<double> _journaling;
    private readonly ConcurrentDictionary<int, Func<PartitionDepth>> _partitions = new();
    // By result of an attempt.
    private readonly long[] _attempted = new long[Results.Length];
    private long _stored;
    private readonly ConcurrentDictionary<int, Func<TimeSpan>> _ages = new();
    private long _settledRefs;
    private long _abandonedRefs;

    /// <summary>The instruments of one node.</summary>
    /// <param name="factory">Where meters are made.</param>
    /// <param name="tap">Where others look on; null where nobody can.</param>
    public QueueMetrics(IMeterFactory factory, MailTap? tap = null)
    {
        _tap = tap;
        _meter = factory.Create(MeterName);
        _accepted = _meter.CreateCounter<long>("mta.queues.accepted", "{message}", "Messages stored.");
        _attempts = _meter.CreateCounter<long>("mta.queues.attempts", "{recipient}", "Recipients attempted, by result: delivered, deferred, rejected, expired.");
        _deferrals = _meter.CreateCounter<long>("mta.queues.deferrals", "{recipient}", "Recipients deferred, by reason.");
        _inDoubt = _meter.CreateCounter<long>("mta.queues.in_doubt", "{recipient}", "Recipients whose delivery may have taken place although it counts as failed.");
        _returns = _meter.CreateCounter<long>("mta.queues.returns", "{message}", "Notifications stored.");
        _taken = _meter.CreateCounter<long>("mta.queues.taken", "{ref}", "Refs that operators' jobs took, by action: retry, bounce, drop, hold, release, reroute, expire.");
        _recovery = _meter.CreateHistogram<double>("mta.queues.recovery", "s", "Time from the start of a partition until it works.");
        _settling = _meter.CreateHistogram<double>("mta.queues.settle.time", "s", "Time that a settlement took.");
        _settleBatch = _meter.CreateHistogram<int>("mta.queues.settle.refs", "{ref}", "Refs in a settlement.");
        _journaling = _meter.CreateHistogram<double>("mta.queues.journal.time", "s", "Time that a batch of deferrals took to be journaled.");
        _meter.CreateObservableGauge("mta.queues.depth", Depth, "{ref}", "Refs of the partitions that this node owns, by state.");
        _meter.CreateObservableGauge("mta.queues.age", Age, "s", "Age of the oldest message in the partitions that this node owns; 0 where they are empty.");
        _meter.CreateObservableGauge("mta.queues.domains", Domains, "{queue}", "Domain queues of the partitions that this node owns: awake with an actor each, dormant without.");
        _meter.CreateObservableGauge("mta.queues.rules", Rules, "{rule}", "Standing holds and routes that hold in the partitions that this node owns, by kind.");
        _meter.CreateObservableGauge("mta.queues.suspensions", Suspensions, "{suspension}", "Suspensions that hold in the partitions that this node owns.");
    }

    /// <summary>The partitions that this node owns now.</summary>
    internal int OwnedPartitions => _partitions.Count;

    /// <summary>Refs of these partitions that are with a connection now.</summary>
    internal int InFlight => _partitions.Values.Sum(depth => depth().InFlight);

    /// <summary>Refs settled by this node since its start.</summary>
    internal long SettledRefs => Interlocked.Read(ref _settledRefs);

    /// <summary>Refs that were still with a connection when their partition was stopped, since the node's start.</summary>
    internal long AbandonedRefs => Interlocked.Read(ref _abandonedRefs);

    /// <summary>What this node has done to mail since its start.</summary>
    internal MailCounts Mail => new(
        Interlocked.Read(ref _stored), Attempts(AttemptResult.Delivered), Attempts(AttemptResult.Deferred), Attempts(AttemptResult.Rejected) + Attempts(AttemptResult.Expired));

    internal void Accepted()
    {
        Interlocked.Increment(ref _stored);
        _accepted.Add(1);
    }

    internal void Attempted(AttemptRecord record)
    {
        _tap?.Attempted(record);
        Interlocked.Increment(ref _attempted[(int)record.Result]);
        _attempts.Add(1, Results[(int)record.Result]);
        if (record.Reason != DeferralReason.None)
            _deferrals.Add(1, new KeyValuePair<string, object?>("reason", record.Reason.ToString()));
        if (record.InDoubt)
            _inDoubt.Add(1);
    }

    internal void Returned() => _returns.Add(1);

    internal void Taken(JobAction action, int refs) => _taken.Add(refs, new KeyValuePair<string, object?>("action", action.ToString().ToLowerInvariant()));

    internal void Recovered(TimeSpan took) => _recovery.Record(took.TotalSeconds);

    internal void Settled(int refs, TimeSpan took)
    {
        Interlocked.Add(ref _settledRefs, refs);
        _settleBatch.Record(refs);
        _settling.Record(took.TotalSeconds);
    }

    internal void Journaled(TimeSpan took) => _journaling.Record(took.TotalSeconds);

    /// <summary>A partition is owned here: its numbers and the age of its oldest message are asked for when the metrics are read.</summary>
    internal void PartitionStarted(int partition, Func<PartitionDepth> depth, Func<TimeSpan> age) => (_partitions[partition], _ages[partition]) = (depth, age);

    internal void Abandoned(int refs) => Interlocked.Add(ref _abandonedRefs, refs);

    internal void PartitionStopped(int partition)
    {
        _partitions.TryRemove(partition, out _);
        _ages.TryRemove(partition, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private long Attempts(AttemptResult result) => Interlocked.Read(ref _attempted[(int)result]);

    private double Age() => _ages.Values.Select(age => age().TotalSeconds).DefaultIfEmpty().Max();

    private Measurement<long>[] Domains()
    {
        var (awake, dormant) = (0L, 0L);
        foreach (var depth in _partitions.Values)
        {
            var part = depth();
            awake += part.Awake;
            dormant += part.Dormant;
        }
        return [new(awake, new KeyValuePair<string, object?>("state", "awake")), new(dormant, new KeyValuePair<string, object?>("state", "dormant"))];
    }

    // Each partition keeps all of them; one that has not heard of the last yet has fewer.
    private long Suspensions() => _partitions.Values.Select(depth => (long)depth().Suspensions).DefaultIfEmpty().Max();

    private Measurement<long>[] Rules() =>
    [
        new(_partitions.Values.Select(depth => (long)depth().Holds).DefaultIfEmpty().Max(), new KeyValuePair<string, object?>("kind", "hold")),
        new(_partitions.Values.Select(depth => (long)depth().Routes).DefaultIfEmpty().Max(), new KeyValuePair<string, object?>("kind", "route")),
    ];

    private Measurement<long>[] Depth()
    {
        var (ready, inFlight, deferred, held) = (0L, 0L, 0L, 0L);
        foreach (var depth in _partitions.Values)
        {
            var part = depth();
            ready += part.Ready;
            inFlight += part.InFlight;
            deferred += part.Deferred;
            held += part.Held;
        }
        return
        [
            new(ready, new KeyValuePair<string, object?>("state", "ready")),
            new(inFlight, new KeyValuePair<string, object?>("state", "in_flight")),
            new(deferred, new KeyValuePair<string, object?>("state", "deferred")),
            new(held, new KeyValuePair<string, object?>("state", "held")),
        ];
    }
}

/// <summary>The numbers of a partition.</summary>
/// <param name="Ready">Refs that may be handed out.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="Deferred">Refs that wait for their time.</param>
/// <param name="Awake">Domain queues with an actor.</param>
/// <param name="Dormant">Domain queues without.</param>
/// <param name="Suspensions">Suspensions that hold.</param>
internal readonly record struct PartitionDepth(int Ready, int InFlight, int Deferred, int Awake, int Dormant, int Suspensions)
{
    /// <summary>Refs that are held.</summary>
    public int Held { get; init; }

    /// <summary>Standing holds.</summary>
    public int Holds { get; init; }

    /// <summary>Standing routes.</summary>
    public int Routes { get; init; }
}
