using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Mta.Cluster.Events;

/// <summary>Events that wait for one who watches; bounded, and what does not fit is counted. Thread-safe.</summary>
internal sealed class MailTapWatch(MailFilter filter)
{
    /// <summary>How many events may wait.</summary>
    public const int Capacity = 2000;

    private readonly ConcurrentQueue<MailEvent> _waiting = new();
    private volatile MailFilter _filter = filter;
    private int _count;
    private int _lost;

    /// <summary>The same watch with another filter.</summary>
    public MailTapWatch With(MailFilter other)
    {
        _filter = other;
        return this;
    }

    /// <summary>Keeps an event if it is wanted and there is room.</summary>
    public void Offer(MailEvent happened)
    {
        if (!_filter.Matches(happened))
            return;
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _lost);
            return;
        }
        _waiting.Enqueue(happened);
    }

    /// <summary>Takes events out, at most so many, and how many were lost.</summary>
    public (ImmutableArray<MailEvent> Events, int Lost) Take(int most)
    {
        var taken = ImmutableArray.CreateBuilder<MailEvent>();
        while (taken.Count < most && _waiting.TryDequeue(out var next))
        {
            Interlocked.Decrement(ref _count);
            taken.Add(next);
        }
        return (taken.ToImmutable(), Interlocked.Exchange(ref _lost, 0));
    }
}
