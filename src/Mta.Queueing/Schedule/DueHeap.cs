using System.Collections.Immutable;

namespace Mta.Queueing.Schedule;

/// <summary>
/// Deferred refs by due time: what a retry schedule holds. A ref stands in it once; adding it again moves it. Built for a million
/// refs in one queue: no timer, no object for each, about 100 octets a ref. A removed ref leaves its place in the heap until it surfaces,
/// or until such places outnumber the refs, when the heap is rebuilt. Not thread-safe.
/// </summary>
public sealed class DueHeap
{
    private const int MinRebuild = 1024;

    private readonly Dictionary<RefId, long> _due = [];
    private readonly PriorityQueue<RefId, long> _heap = new();

    /// <summary>Refs that wait.</summary>
    public int Count => _due.Count;

    /// <summary>When the next ref is due; null where none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            DropStale();
            return _heap.TryPeek(out _, out var first) ? new DateTimeOffset(first, TimeSpan.Zero) : null;
        }
    }

    /// <summary>Puts a ref in, or moves it to another time.</summary>
    public void Add(RefId id, DateTimeOffset due)
    {
        var ticks = due.UtcTicks;
        if (_due.TryGetValue(id, out var known) && known == ticks) return;
        _due[id] = ticks;
        _heap.Enqueue(id, ticks);
        RebuildIfStale();
    }

    /// <summary>Takes a ref out; false where it does not wait.</summary>
    public bool Remove(RefId id)
    {
        if (!_due.Remove(id)) return false;
        RebuildIfStale();
        return true;
    }

    /// <summary>True where the ref waits.</summary>
    public bool Contains(RefId id) => _due.ContainsKey(id);

    /// <summary>Takes out the refs that are due, earliest first, at most <paramref name="max"/>.</summary>
    public ImmutableArray<RefId> TakeDue(DateTimeOffset now, int max)
    {
        var taken = ImmutableArray.CreateBuilder<RefId>();
        while (taken.Count < max)
        {
            DropStale();
            if (!_heap.TryPeek(out var id, out var first) || first > now.UtcTicks) break;
            _heap.Dequeue();
            _due.Remove(id);
            taken.Add(id);
        }

        return taken.DrainToImmutable();
    }

    private void DropStale()
    {
        while (_heap.TryPeek(out var id, out var due) && !(_due.TryGetValue(id, out var live) && live == due)) _heap.Dequeue();
    }

    private void RebuildIfStale()
    {
        if (_heap.Count < MinRebuild || _heap.Count < 2 * _due.Count) return;
        _heap.Clear();
        _heap.EnqueueRange(_due.Select(entry => (entry.Key, entry.Value)));
        if (_due.Count < MinRebuild) _heap.TrimExcess();
    }
}
