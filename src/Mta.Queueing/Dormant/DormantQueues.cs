using System.Diagnostics.CodeAnalysis;

namespace Mta.Queueing.Dormant;

/// <summary>
/// The dormant queues of a partition, and which of them is due first. Built for hundreds of thousands of queues with a few refs each: an object and an
/// array for each, no timer, no actor. Not thread-safe.
/// </summary>
public sealed class DormantQueues
{
    private const int MinRebuild = 1024;

    private readonly Dictionary<QueueKey, DormantQueue> _queues = [];
    // A queue that was taken, or whose time moved forward, leaves its place behind until that surfaces or such places outnumber the queues.
    private readonly PriorityQueue<DormantQueue, long> _heap = new();

    /// <summary>How many queues there are.</summary>
    public int Count => _queues.Count;

    /// <summary>How many refs they have.</summary>
    public int Refs { get; private set; }

    /// <summary>How many of these are held.</summary>
    public int Held { get; private set; }

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyCollection<DormantQueue> All => _queues.Values;

    /// <summary>When the first ref of any of them is due; null where there is none.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            DropStale();
            return _heap.TryPeek(out _, out var first) ? new DateTimeOffset(first, TimeSpan.Zero) : null;
        }
    }

    /// <summary>True where the queue is dormant.</summary>
    public bool Contains(QueueKey queue) => _queues.ContainsKey(queue);

    /// <summary>The queue, which stays; false where it is not dormant.</summary>
    public bool TryFind(QueueKey queue, [MaybeNullWhen(false)] out DormantQueue found) => _queues.TryGetValue(queue, out found);

    /// <summary>Puts a ref into its queue, which becomes dormant if it is not yet.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="one">A ref that it does not hold.</param>
    /// <param name="due">When its next attempt is made; null where it is held.</param>
    /// <param name="last">Why it was deferred: the queue's, where it has none yet.</param>
    public void Add(QueueKey queue, DormantRef one, DateTimeOffset? due, LastDeferral last)
    {
        if (!_queues.TryGetValue(queue, out var dormant)) _queues.Add(queue, dormant = new DormantQueue(queue));
        // What is held may never have been attempted.
        if (dormant.Last.Reply is null) dormant.Last = last;
        var before = dormant.NextDue;
        dormant.Add(one, due);
        Refs++;
        Held += due is null ? 1 : 0;
        if (dormant.NextDue < before) Arm(dormant);
    }

    /// <summary>Puts a queue in that goes dormant.</summary>
    /// <exception cref="ArgumentException">It is here already, or empty.</exception>
    public void Add(DormantQueue resting)
    {
        if (resting.Count == 0) throw new ArgumentException($"{resting.Queue} holds nothing that could wait", nameof(resting));
        _queues.Add(resting.Queue, resting);
        Refs += resting.Count;
        Held += resting.Held;
        Arm(resting);
    }

    /// <summary>Takes a queue out; null where it is not dormant.</summary>
    public DormantQueue? Take(QueueKey queue)
    {
        if (!_queues.Remove(queue, out var taken)) return null;
        Refs -= taken.Count;
        Held -= taken.Held;
        RebuildIfStale();
        return taken;
    }

    /// <summary>Takes out the queues that have a ref that is due, earliest first, at most <paramref name="max"/>.</summary>
    public IReadOnlyList<DormantQueue> TakeDue(DateTimeOffset now, int max)
    {
        var due = new List<DormantQueue>();
        while (due.Count < max && NextDue <= now)
            due.Add(Take(_heap.Dequeue().Queue)!);
        return due;
    }

    /// <summary>Gives memory back that a recovery needed.</summary>
    public void Trim()
    {
        _queues.TrimExcess();
        Rebuild();
        _heap.TrimExcess();
    }

    private void Arm(DormantQueue dormant)
    {
        if (!dormant.IsEverDue) return;
        _heap.Enqueue(dormant, dormant.NextDue.UtcTicks);
        RebuildIfStale();
    }

    private void DropStale()
    {
        while (_heap.TryPeek(out var dormant, out var due) && !IsLive(dormant, due)) _heap.Dequeue();
    }

    private bool IsLive(DormantQueue dormant, long due) =>
        dormant.NextDue.UtcTicks == due && _queues.TryGetValue(dormant.Queue, out var here) && ReferenceEquals(here, dormant);

    private void RebuildIfStale()
    {
        if (_heap.Count >= MinRebuild && _heap.Count >= 2 * _queues.Count) Rebuild();
    }

    private void Rebuild()
    {
        _heap.Clear();
        _heap.EnqueueRange(_queues.Values.Where(dormant => dormant.IsEverDue).Select(dormant => (dormant, dormant.NextDue.UtcTicks)));
    }
}
