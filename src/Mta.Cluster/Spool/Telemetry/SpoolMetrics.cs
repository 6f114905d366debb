using System.Diagnostics.Metrics;
using Mta.Cluster.Spool.Cache;
using Mta.Cluster.Spool.Commit;

namespace Mta.Cluster.Spool.Telemetry;

/// <summary>The instruments of the meter <c>Mta.Spool</c>.</summary>
internal sealed class SpoolMetrics : IDisposable
{
    public const string MeterName = "Mta.Spool";

    private readonly Meter _meter = new(MeterName);

    public SpoolMetrics(Admission admission, BodyCache cache)
    {
        Commits = _meter.CreateCounter<long>("mta.spool.commits", "{commit}", "Transactions committed.");
        Failures = _meter.CreateCounter<long>("mta.spool.failures", "{failure}", "Transactions and reads that failed.");
        CommitItems = _meter.CreateHistogram<int>("mta.spool.commit.items", "{write}", "Writes in one commit.");
        CommitTime = _meter.CreateHistogram<double>("mta.spool.commit.duration", "s", "From begin to committed.");
        Accepted = _meter.CreateCounter<long>("mta.spool.accepted", "{message}", "Messages stored.");
        AcceptedBytes = _meter.CreateCounter<long>("mta.spool.accepted.size", "By", "Octets of bodies stored, chunks included.");
        Settled = _meter.CreateCounter<long>("mta.spool.settled", "{ref}", "Refs deleted.");
        Fenced = _meter.CreateCounter<long>("mta.spool.fenced", "{settlement}", "Settlements refused for their epoch.");
        CacheHits = _meter.CreateCounter<long>("mta.spool.cache.hits", "{body}", "Bodies opened from memory.");
        CacheMisses = _meter.CreateCounter<long>("mta.spool.cache.misses", "{body}", "Bodies opened from the database.");
        _meter.CreateObservableGauge("mta.spool.queue.items", () => admission.Items, "{write}", "Writes waiting or under way.");
        _meter.CreateObservableGauge("mta.spool.queue.size", () => admission.Bytes, "By", "Octets waiting or under way.");
        _meter.CreateObservableGauge("mta.spool.cache.size", () => cache.Bytes, "By", "Octets held by the body cache.");
    }

    public Meter Meter => _meter;

    public Counter<long> Commits { get; }

    public Counter<long> Failures { get; }

    public Histogram<int> CommitItems { get; }

    public Histogram<double> CommitTime { get; }

    public Counter<long> Accepted { get; }

    public Counter<long> AcceptedBytes { get; }

    public Counter<long> Settled { get; }

    public Counter<long> Fenced { get; }

    public Counter<long> CacheHits { get; }

    public Counter<long> CacheMisses { get; }

    public void Dispose() => _meter.Dispose();
}
