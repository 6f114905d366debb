namespace Mta.Queueing.Listing;

/// <summary>By what a list of queues is sorted.</summary>
public enum QueueOrder
{
    /// <summary>Refs in all.</summary>
    Depth = 0,

    /// <summary>Refs that wait for a connection.</summary>
    Due = 1,

    /// <summary>Refs that wait for their time.</summary>
    Deferred = 2,

    /// <summary>Refs with a connection, or being recorded.</summary>
    InFlight = 3,

    /// <summary>When the oldest message was accepted.</summary>
    Oldest = 4,

    /// <summary>Messages that came, a second.</summary>
    RateIn = 5,

    /// <summary>Messages that left, a second.</summary>
    RateOut = 6,

    /// <summary>The queue's name.</summary>
    Name = 7,
}
