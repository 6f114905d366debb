using System.Collections.Immutable;

namespace Mta.Cluster.Dialogues;

/// <summary>One who watches, as a node knows it: takes the first dialogue that it wants, and keeps lines until they are sent; bounded, and what does not fit is counted. Thread-safe.</summary>
internal sealed class DialogueWatchPoint(DialogueFilter filter)
{
    /// <summary>How many lines may wait.</summary>
    public const int Capacity = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<DialogueEntry> _waiting = new();
    private string? _claimed;
    private int _lost;

    /// <summary>What is wanted.</summary>
    public DialogueFilter Filter { get; } = filter;

    /// <summary>A dialogue fits; false where another has been taken.</summary>
    public bool Claim(string dialogue)
    {
        lock (_lock)
            return (_claimed ??= dialogue) == dialogue;
    }

    /// <summary>True where no dialogue has been taken yet.</summary>
    public bool IsFree
    {
        get
        {
            lock (_lock)
                return _claimed is null;
        }
    }

    /// <summary>Keeps a line of the dialogue that was taken; its last one in any case.</summary>
    public void Offer(DialogueEntry line)
    {
        lock (_lock)
        {
            if (_waiting.Count < Capacity || line.IsLast)
                _waiting.Enqueue(line);
            else
                _lost++;
        }
    }

    /// <summary>Takes lines out, at most so many, and how many were lost.</summary>
    public (ImmutableArray<DialogueEntry> Lines, int Lost) Take(int most)
    {
        lock (_lock)
        {
            var taken = ImmutableArray.CreateBuilder<DialogueEntry>();
            while (taken.Count < most && _waiting.TryDequeue(out var next))
                taken.Add(next);
            var lost = _lost;
            _lost = 0;
            return (taken.ToImmutable(), lost);
        }
    }
}
