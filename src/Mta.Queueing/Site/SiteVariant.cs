using Mta.Protocol.Smtp;

namespace Mta.Queueing.Site;

/// <summary>The queues of one policy (TLS, route): they share connections, and fail together.</summary>
internal sealed class SiteVariant
{
    private readonly LinkedListNode<SiteVariant> _wait;
    private readonly Dictionary<string, int> _nodes = new(StringComparer.Ordinal);

    public SiteVariant(string name)
    {
        Name = name;
        _wait = new LinkedListNode<SiteVariant>(this);
    }

    public string Name { get; }

    /// <summary>Queues with refs that no pull claims, in their turn.</summary>
    public LinkedList<SiteQueue> Rotation { get; } = new();

    /// <summary>Connections without work.</summary>
    public IdleConnections Idle { get; } = new();

    /// <summary>Queues that are known.</summary>
    public int Queues { get; set; }

    /// <summary>Batches that wait in the rotation.</summary>
    public long Batches { get; set; }

    /// <summary>Connections in all states.</summary>
    public int Connections { get; set; }

    /// <summary>Connections that are asked for or opening.</summary>
    public int Coming { get; set; }

    /// <summary>Connections whose peer has greeted and that are not told to end.</summary>
    public int Standing { get; set; }

    /// <summary>Failures to reach any host, in a row.</summary>
    public int Failures { get; set; }

    /// <summary>No connection is tried before.</summary>
    public DateTimeOffset PausedUntil { get; set; }

    /// <summary>Why the last failed; null once one stands.</summary>
    public (DeferralReason Reason, SmtpReply Reply)? LastFailure { get; set; }

    /// <summary>It would open one more connection if the limit let it. After a failure one is tried, and the others only when it stands.</summary>
    public bool WantsMore(DateTimeOffset now) => Coming < (LastFailure is null ? Batches : Math.Min(1, Batches)) && now >= PausedUntil;

    /// <summary>A node makes a connection more, or one less.</summary>
    public void CountNode(string node, int change)
    {
        var count = _nodes.GetValueOrDefault(node) + change;
        if (count == 0)
            _nodes.Remove(node);
        else
            _nodes[node] = count;
    }

    /// <summary>A node where mail lies, and that has no connection yet; empty where there is none among the queues whose turn is next.</summary>
    public string NodeWithout(int look)
    {
        for (var turn = Rotation.First; turn is not null && look-- > 0; turn = turn.Next)
        {
            if (turn.Value.Node.Length > 0 && !_nodes.ContainsKey(turn.Value.Node))
                return turn.Value.Node;
        }
        return "";
    }

    /// <summary>Stands at the end of this line, where it does not stand in it already; null: in none.</summary>
    public void WaitIn(LinkedList<SiteVariant>? line)
    {
        if (_wait.List == line)
            return;
        _wait.List?.Remove(_wait);
        line?.AddLast(_wait);
    }

    /// <summary>Nothing depends on it, and a failure is too long ago to count for the next.</summary>
    public bool IsForgettable(DateTimeOffset now, TimeSpan memory) =>
        Queues == 0 && Connections == 0 && (Failures == 0 || now - PausedUntil >= memory);
}
