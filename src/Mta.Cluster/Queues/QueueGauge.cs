using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Queues;

/// <summary>
/// A domain queue's numbers, written by the queue after each message and read by its partition at any time. <see cref="Offers"/> is written last, so
/// that who sees it sees the numbers that belong to it.
/// </summary>
internal sealed class QueueGauge
{
    private int _ready;
    private int _inFlight;
    private int _deferred;
    private long _offers;

    /// <summary>Refs that may be handed out.</summary>
    public int Ready => Volatile.Read(ref _ready);

    /// <summary>Refs with a connection, or being recorded.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Refs that wait for their time.</summary>
    public int Deferred => Volatile.Read(ref _deferred);

    /// <summary>Refs in all.</summary>
    public int Depth => Ready + InFlight + Deferred;

    /// <summary>How many offers the queue has taken.</summary>
    public long Offers => Volatile.Read(ref _offers);

    /// <summary>Shows the queue's numbers.</summary>
    public void Show(in QueueCounters counters, long offers)
    {
        Volatile.Write(ref _ready, counters.Ready);
        Volatile.Write(ref _inFlight, counters.InFlight + counters.Settling + counters.Recording);
        Volatile.Write(ref _deferred, counters.Deferred);
        Volatile.Write(ref _offers, offers);
    }
}
