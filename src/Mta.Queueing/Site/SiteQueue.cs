namespace Mta.Queueing.Site;

/// <summary>A domain queue as its site sees it. After each change of its numbers comes <see cref="Enrol"/>, which keeps its variant's books.</summary>
internal sealed class SiteQueue
{
    private readonly LinkedListNode<SiteQueue> _turn;
    private int _batches;

    /// <summary>A queue that has offered nothing yet.</summary>
    public SiteQueue(QueueKey key, SiteVariant variant)
    {
        _turn = new LinkedListNode<SiteQueue>(this);
        (Key, Variant) = (key, variant);
        variant.Queues++;
    }

    public QueueKey Key { get; }

    public SiteVariant Variant { get; private set; }

    /// <summary>Ready refs, as the queue told last.</summary>
    public int Ready { get; set; }

    /// <summary>The node that accepted most of those, as the queue told last; empty where that is not known.</summary>
    public string Node { get; set; } = "";

    /// <summary>How often another was served in its turn.</summary>
    public int Passed { get; set; }

    /// <summary>It was served before its turn, and gives up the next.</summary>
    public bool IsAhead { get; set; }

    /// <summary>Refs that pulls under way claim.</summary>
    public int Claimed { get; set; }

    /// <summary>It offers nothing, and nobody waits for its answer.</summary>
    public bool IsForgettable => Ready == 0 && Claimed == 0;

    // Refs that no pull claims.
    private int Open => Math.Max(0, Ready - Claimed);

    /// <summary>Takes or gives up its place in the rotation; one that it has it keeps.</summary>
    public void Enrol(int batchSize)
    {
        var batches = (Open / batchSize) + (Open % batchSize > 0 ? 1 : 0);
        Variant.Batches += batches - _batches;
        _batches = batches;
        if (batches > 0 && _turn.List is null)
            Variant.Rotation.AddLast(_turn);
        else if (batches == 0)
            Leave();
    }

    /// <summary>Gives up its place: its turn has come.</summary>
    public void Withdraw() => _turn.List?.Remove(_turn);

    /// <summary>Lets all others go first.</summary>
    public void GoLast()
    {
        IsAhead = false;
        Withdraw();
        Variant.Rotation.AddLast(_turn);
    }

    private void Leave()
    {
        IsAhead = false;
        Withdraw();
    }

    /// <summary>It has another policy from now on, and a place in that rotation when it is enrolled.</summary>
    public void MoveTo(SiteVariant variant)
    {
        Withdraw();
        Variant.Queues--;
        Variant.Batches -= _batches;
        _batches = 0;
        Variant = variant;
        Variant.Queues++;
    }
}
