using System.Collections.Immutable;

namespace Mta.Queueing.Operations;

/// <summary>Which partitions have said that they keep which revision of a value that all of them are to keep. Not thread-safe.</summary>
/// <param name="partitions">How many partitions there are.</param>
public sealed class Spread(int partitions)
{
    private readonly long[] _kept = new long[partitions];

    /// <summary>A partition keeps a revision. What it says late, or for a partition that is none, changes nothing.</summary>
    public void Acknowledge(int partition, long revision)
    {
        if ((uint)partition < (uint)_kept.Length) _kept[partition] = Math.Max(_kept[partition], revision);
    }

    /// <summary>The partitions that are not known to keep this revision or a later one.</summary>
    public ImmutableArray<int> Pending(long revision)
    {
        var pending = ImmutableArray.CreateBuilder<int>();
        for (var partition = 0; partition < _kept.Length; partition++)
            if (_kept[partition] < revision) pending.Add(partition);
        return pending.DrainToImmutable();
    }

    /// <summary>Forgets what was said, so that all are asked once more: a partition may have lost its journal.</summary>
    public void Forget() => Array.Clear(_kept);
}
