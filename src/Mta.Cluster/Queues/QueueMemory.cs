namespace Mta.Cluster.Queues;

/// <summary>
/// Gives memory back that the queues of a node do not need any more, because the collector lets it stand for long where little is allocated afterwards. Thread-safe.
/// <list type="bullet">
/// <item>Partitions that read very many refs leave several times as much rubbish as they keep: when the last one that recovers has done so, all is collected and compacted
/// once, before it says that it works.</item>
/// <item>Very many refs whose queues went dormant leave a heap that is mostly holes where their actors were: the same, once no more follow.</item>
/// </list>
/// </summary>
internal sealed class QueueMemory(Action? collect = null, TimeProvider? clock = null)
{
    /// <summary>As many refs are worth a collection, which stops the node for some tenths of a second at a million.</summary>
    public const int WorthIt = 20_000;

    /// <summary>So long no queue has gone dormant when no more are taken to follow.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private int _recovering;
    private int _read;
    private int _rested;
    private long _restedAt;

    /// <summary>A partition begins to recover. It is followed by one <see cref="EndRecovery"/>.</summary>
    public void BeginRecovery()
    {
        lock (_lock)
            _recovering++;
    }

    /// <summary>It has recovered, or ended before.</summary>
    /// <param name="refs">Refs that it has read.</param>
    public void EndRecovery(int refs)
    {
        lock (_lock)
        {
            _read += refs;
            if (--_recovering > 0 || _read < WorthIt)
                return;
            _read = 0;
        }
        (collect ?? Collect)();
    }

    /// <summary>A queue with so many refs has gone dormant.</summary>
    public void Rested(int refs)
    {
        lock (_lock)
        {
            _rested += refs;
            _restedAt = _clock.GetTimestamp();
        }
    }

    /// <summary>From time to time: is it worth it?</summary>
    public void Look()
    {
        lock (_lock)
        {
            if (_rested < WorthIt || _clock.GetElapsedTime(_restedAt) < Calm)
                return;
            _rested = 0;
        }
        (collect ?? Collect)();
    }

    // One that does not compact gives next to nothing back: measured, 87 of 105 MB were holes afterwards.
    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
