using Akka.Actor;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Queues;

/// <summary>
/// A domain queue's actor and what the partition knows of it. While it has been asked to rest, nothing more is sent to it: what comes meanwhile is kept, because an actor that hands its
/// refs over ends, and what it had not read would be lost.
/// </summary>
internal sealed class QueueChild(IActorRef actor, QueueGauge gauge)
{
    private List<KeptMessage>? _kept;
    private long _quietSince;
    private RateMeter _in;
    private RateMeter _out;

    public IActorRef Actor { get; } = actor;

    public QueueGauge Gauge { get; } = gauge;

    /// <summary>Offers sent to it, and the order to stop.</summary>
    public long Offers { get; private set; }

    /// <summary>Refs that come, a second.</summary>
    public double RateIn => _in.PerSecond;

    /// <summary>Refs that leave, a second.</summary>
    public double RateOut => _out.PerSecond;

    /// <summary>It has been asked to rest, and has not answered.</summary>
    public bool IsResting => _kept is not null;

    /// <summary>True where it has taken all that was offered, and is not about to leave.</summary>
    public bool HasTakenAll => !IsResting && Gauge.Offers == Offers;

    /// <summary>Sends something that gives it work, or ends it.</summary>
    public void Offer(object message)
    {
        if (_kept is null)
            Offers++;
        _quietSince = 0;
        Tell(message, ActorRefs.NoSender);
    }

    /// <summary>Sends anything else.</summary>
    public void Tell(object message, IActorRef? sender)
    {
        if (_kept is null)
            Actor.Tell(message, sender);
        else
            _kept.Add(new KeptMessage(message, sender));
    }

    /// <summary>True where it has taken all offers, has had nothing but refs that wait for so long, or nothing at all, and so can go.</summary>
    public bool IsQuiet(TimeProvider clock, long now, TimeSpan limit)
    {
        if (!HasTakenAll || Gauge.Ready + Gauge.InFlight > 0)
            _quietSince = 0;
        else if (_quietSince == 0)
            _quietSince = now;
        return _quietSince != 0 && clock.GetElapsedTime(_quietSince, now) >= limit;
    }

    /// <summary>Measures what came and left since the last time.</summary>
    public void Measure(double seconds, double faded)
    {
        _in.Read(Gauge.Arrived, seconds, faded);
        _out.Read(Gauge.Left, seconds, faded);
    }

    /// <summary>Asks it to rest.</summary>
    public void AskToRest(DateTimeOffset notBefore)
    {
        Actor.Tell(new RestQueue(notBefore));
        _kept = [];
    }

    /// <summary>It has answered.</summary>
    /// <returns>What came meanwhile.</returns>
    public IReadOnlyList<KeptMessage> EndRest()
    {
        var kept = _kept ?? [];
        _kept = null;
        _quietSince = 0;
        return kept;
    }
}

/// <summary>A message for a queue, and who sent it.</summary>
internal readonly record struct KeptMessage(object Message, IActorRef? Sender);
