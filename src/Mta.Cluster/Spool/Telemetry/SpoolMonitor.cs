using Microsoft.Extensions.Logging;
using Mta.Cluster.Spool.Commit;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Telemetry;

/// <summary>Where everything that happens to the spool is counted, logged and turned into health.</summary>
internal sealed class SpoolMonitor(ILogger logger, SpoolHealth health, SpoolMetrics metrics, string database)
{
    public void Opened(int partitions, int writers)
    {
        health.Succeeded();
        SpoolLog.Opened(logger, database, partitions, writers);
    }

    public void Committed(IReadOnlyList<WriteItem> items, int settledRefs, TimeSpan took)
    {
        metrics.Commits.Add(1);
        metrics.CommitItems.Record(items.Count);
        metrics.CommitTime.Record(took.TotalSeconds);
        metrics.Settled.Add(settledRefs);
        for (var i = 0; i < items.Count; i++)
            Count(items[i]);
        if (health.Succeeded())
            SpoolLog.Recovered(logger, database);
    }

    /// <summary>The database failed, for a commit or for a reader.</summary>
    public void Lost(string name, Exception error)
    {
        metrics.Failures.Add(1);
        var problem = $"{name}: {error.Message}";
        if (health.Failed(problem))
            SpoolLog.Lost(logger, problem);
    }

    public void BatchSplit(int count, Exception error)
    {
        metrics.Failures.Add(1);
        SpoolLog.BatchSplit(logger, count, error.Message);
    }

    public void Refused(WriteItem item, Exception error)
    {
        metrics.Failures.Add(1);
        SpoolLog.Refused(logger, item.GetType().Name, error.Message);
    }

    public void StopTimedOut(string name) => SpoolLog.StopTimedOut(logger, name);

    public void Swept(SweepResult result)
    {
        if (result != default)
            SpoolLog.Swept(logger, result.Chunks, result.Messages);
    }

    public void BodyMissing(MessageId id) => SpoolLog.BodyMissing(logger, id.ToString());

    public void CacheUsed(bool hit) => (hit ? metrics.CacheHits : metrics.CacheMisses).Add(1);

    private void Count(WriteItem item)
    {
        switch (item)
        {
            case AcceptItem accept:
                metrics.Accepted.Add(1);
                metrics.AcceptedBytes.Add(accept.Message.Row.Body?.Length ?? 0);
                break;
            case ChunkItem chunk:
                metrics.AcceptedBytes.Add(chunk.Row.Bytes.Length);
                break;
            case SettleItem { Result: SettleResult.Fenced }:
                metrics.Fenced.Add(1);
                break;
        }
    }
}
