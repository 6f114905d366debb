using System.Collections.Immutable;

namespace Mta.Queueing.Operations;

/// <summary>What the partitions have told of a job. What comes twice or late changes nothing. Not thread-safe.</summary>
/// <param name="partitions">How many partitions there are.</param>
public sealed class JobProgress(int partitions)
{
    private readonly long[] _counts = new long[partitions];
    private readonly bool[] _ended = new bool[partitions];

    /// <summary>How many refs the job has taken so far, as far as is known.</summary>
    public long Count => _counts.Sum();

    /// <summary>The partitions that have not said that they are done.</summary>
    public ImmutableArray<int> Pending => [.. Enumerable.Range(0, _ended.Length).Where(partition => !_ended[partition])];

    /// <summary>A partition tells how far it is.</summary>
    public void Tell(int partition, long count, bool isEnded)
    {
        if ((uint)partition >= (uint)_counts.Length || _ended[partition]) return;
        _counts[partition] = count;
        _ended[partition] = isEnded;
    }
}
