using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Dormant;

namespace Mta.Cluster.Queues;

/// <summary>
/// What a domain queue shows of itself, written by the queue after each message and read by its partition at any time, so that whoever lists queues asks none of them. <see cref="Offers"/> is written
/// last, so that who sees it sees the numbers that belong to it.
/// </summary>
internal sealed class QueueGauge
{
    private int _ready;
    private int _inFlight;
    private int _deferred;
    private int _held;
    private long _offers;
    private long _oldest;
    private long _nextDue;
    private long _arrived;
    private long _left;
    private bool _hasOldestLeft;
    private string _site = "";
    private SmtpReply? _reply;
    private DeferralReason _reason;

    /// <summary>Refs that may be handed out.</summary>
    public int Ready => Volatile.Read(ref _ready);

    /// <summary>Refs with a connection, or being recorded.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Refs that wait for their time, or for an operator's order.</summary>
    public int Deferred => Volatile.Read(ref _deferred);

    /// <summary>Refs that are held until an operator releases them.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Refs in all.</summary>
    public int Depth => Ready + InFlight + Deferred + Held;

    /// <summary>How many offers the queue has taken, the order to stop among them: with it the last pull has been answered.</summary>
    public long Offers => Volatile.Read(ref _offers);

    /// <summary>When the oldest message was accepted, or at most a few moments ago one that has left; null where there is none.</summary>
    public DateTimeOffset? Oldest => ToTime(Volatile.Read(ref _oldest));

    /// <summary>True where <see cref="Oldest"/> is that of a message that has left.</summary>
    public bool HasOldestLeft => Volatile.Read(ref _hasOldestLeft);

    /// <summary>When the next deferred ref is due; null where none is deferred.</summary>
    public DateTimeOffset? NextDue => ToTime(Volatile.Read(ref _nextDue));

    /// <summary>Refs that came, in this life of the queue.</summary>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>Refs that left, in this life of the queue.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>The site that serves the queue; empty where there is no route.</summary>
    public string Site => Volatile.Read(ref _site);

    /// <summary>Why mail was deferred here last.</summary>
    public LastDeferral Last => new(Volatile.Read(ref _reply), _reason);

    /// <summary>Shows the queue's numbers.</summary>
    public void Show(in QueueCounters counters, long offers)
    {
        Volatile.Write(ref _ready, counters.Ready);
        Volatile.Write(ref _inFlight, counters.InFlight + counters.Settling + counters.Recording);
        Volatile.Write(ref _deferred, counters.Deferred + counters.Withheld);
        Volatile.Write(ref _held, counters.Held);
        Volatile.Write(ref _offers, offers);
    }

    /// <summary>Shows what a queue that wakes is about to take.</summary>
    public void Show(DormantQueue dormant)
    {
        ShowTimes(dormant.Oldest, hasOldestLeft: false, dormant.IsEverDue ? dormant.NextDue : null);
        ShowWay(dormant.Site, dormant.Last);
        Show(new QueueCounters(0, 0, 0, 0, dormant.Count - dormant.Held, Held: dormant.Held), offers: 0);
    }

    /// <summary>Shows since when and until when it has mail.</summary>
    public void ShowTimes(DateTimeOffset? oldest, bool hasOldestLeft, DateTimeOffset? nextDue)
    {
        Volatile.Write(ref _oldest, oldest?.UtcTicks ?? 0);
        Volatile.Write(ref _hasOldestLeft, hasOldestLeft);
        Volatile.Write(ref _nextDue, nextDue?.UtcTicks ?? 0);
    }

    /// <summary>Shows how much came and left.</summary>
    public void ShowFlow(long arrived, long left)
    {
        Volatile.Write(ref _arrived, arrived);
        Volatile.Write(ref _left, left);
    }

    /// <summary>Shows where its mail goes, and why it did not.</summary>
    public void ShowWay(string site, LastDeferral last)
    {
        Volatile.Write(ref _site, site);
        _reason = last.Reason;
        Volatile.Write(ref _reply, last.Reply);
    }

    private static DateTimeOffset? ToTime(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
