namespace Mta.Queueing.Site;

/// <summary>Where a connection stands, as its site sees it.</summary>
internal enum ConnectionState
{
    /// <summary>Asked for; nobody has said yet that it was started.</summary>
    Asked,

    /// <summary>Started; it has no greeting yet.</summary>
    Opening,

    /// <summary>Open, without work.</summary>
    Idle,

    /// <summary>A queue was asked to hand it work.</summary>
    Pulling,

    /// <summary>It has work.</summary>
    Busy,

    /// <summary>Told to end.</summary>
    Closing,
}

/// <summary>A connection of a site. Its state changes by <see cref="Become"/> only, which keeps its variant's books.</summary>
internal sealed class SiteConnection
{
    /// <summary>A connection that was asked for just now.</summary>
    public SiteConnection(long number, SiteVariant variant, string node, DateTimeOffset now)
    {
        Place = new LinkedListNode<SiteConnection>(this);
        PlaceOnNode = new LinkedListNode<SiteConnection>(this);
        (Number, Variant, Node, Since) = (number, variant, node, now);
        variant.Connections++;
        variant.Coming++;
        variant.CountNode(node, 1);
    }

    public long Number { get; }

    public SiteVariant Variant { get; }

    /// <summary>The node that makes it; empty where that is not known.</summary>
    public string Node { get; private set; }

    /// <summary>Its place among the idle ones.</summary>
    public LinkedListNode<SiteConnection> Place { get; }

    /// <summary>Its place among the idle ones of its node.</summary>
    public LinkedListNode<SiteConnection> PlaceOnNode { get; }

    public ConnectionState State { get; private set; } = ConnectionState.Asked;

    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Messages that it has carried, as it said last.</summary>
    public int Delivered { get; set; }

    /// <summary>The last pull for it; 0 where there was none.</summary>
    public long PullId { get; set; }

    /// <summary>The queue of that pull.</summary>
    public SiteQueue? Queue { get; set; }

    /// <summary>The refs that the pull claims of the queue's, until the queue has answered.</summary>
    public int Claimed { get; set; }

    /// <summary>This is the node that makes it. Said before it is idle for the first time.</summary>
    public void MoveTo(string node)
    {
        Variant.CountNode(Node, -1);
        Node = node;
        Variant.CountNode(Node, 1);
    }

    public void Become(ConnectionState state, DateTimeOffset now)
    {
        Leave();
        (State, Since) = (state, now);
        if (state is ConnectionState.Asked or ConnectionState.Opening)
            Variant.Coming++;
        else if (state != ConnectionState.Closing)
            Variant.Standing++;
        if (state == ConnectionState.Idle)
            Variant.Idle.Add(this);
    }

    /// <summary>It is gone.</summary>
    public void End()
    {
        Leave();
        Variant.Connections--;
        Variant.CountNode(Node, -1);
    }

    private void Leave()
    {
        if (State is ConnectionState.Asked or ConnectionState.Opening)
            Variant.Coming--;
        else if (State != ConnectionState.Closing)
            Variant.Standing--;
        if (State == ConnectionState.Idle)
            Variant.Idle.Remove(this);
    }
}
