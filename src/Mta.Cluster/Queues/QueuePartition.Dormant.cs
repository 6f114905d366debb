using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.Dormant;

namespace Mta.Cluster.Queues;

// Queues that have nothing to do but wait: they become values, and actors again when there is something to do.
internal sealed partial class QueuePartition
{
    private const int WakeAtOnce = 200;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(6);

    private readonly DormantQueues _dormant = new();
    // Held while a queue changes from one form to the other, so that whoever sums up on another thread counts it once.
    private readonly Lock _changing = new();
    private DateTimeOffset? _wakeArmed;
    private bool _isStopping;

    /// <summary>The way to a queue that is to do something; a dormant one wakes.</summary>
    private QueueChild QueueOf(QueueKey queue) => _queues.TryGetValue(queue, out var known) ? known : Begin(queue);

    private QueueChild Begin(QueueKey queue)
    {
        lock (_changing)
            return Begin(queue, _dormant.Take(queue));
    }

    private QueueChild Begin(QueueKey queue, DormantQueue? dormant)
    {
        var child = Create(queue, dormant);
        _queues[queue] = child;
        if (dormant is not null)
            child.Offer(new OfferStored(Recall(dormant)) { Last = dormant.Last });
        return child;
    }

    private ImmutableArray<RecoveredRef> Recall(DormantQueue dormant)
    {
        var refs = ImmutableArray.CreateBuilder<RecoveredRef>(dormant.Count);
        foreach (ref readonly var one in dormant.Refs)
            refs.Add(Recovered(new StoredRef(one.Id, dormant.Queue, one.AcceptedAt, one.DelayNotified)));
        return refs.MoveToImmutable();
    }

    // True where a ref that was read need not have an actor.
    private bool LetSleep(in RecoveredRef recovered, bool isKnown)
    {
        var (stored, deferral) = recovered;
        var isHeld = recovered.Order?.IsHeld == true;
        if ((deferral is null && !isHeld) || _queues.ContainsKey(stored.Queue) || recovered.IsTaken)
            return false;
        // Read twice, because the database failed between.
        if (isKnown && _dormant.Contains(stored.Queue))
            return true;
        if (!isHeld && deferral!.Due <= _services.Now)
            return false;
        var last = deferral is null ? default : new LastDeferral(deferral.LastReply, deferral.Reason);
        lock (_changing)
            _dormant.Add(stored.Queue, new DormantRef(stored.Id, stored.AcceptedAt, stored.DelayNotified), isHeld ? null : deferral!.Due, last);
        return true;
    }

    private void Rested(QueueRested rested)
    {
        if (!_queues.TryGetValue(rested.Queue.Queue, out var child) || !child.Actor.Equals(Sender))
            return;
        if (rested.Queue.Last.Reply is { } reply)
            rested.Queue.Last = rested.Queue.Last with { Reply = _replies.Intern(reply) };
        lock (_changing)
        {
            _dormant.Add(rested.Queue);
            _queues.TryRemove(rested.Queue.Queue, out _);
        }
        _services.Memory.Rested(rested.Queue.Count);
        ArmWake();
        Resume(rested.Queue.Queue, child);
    }

    private void StayedAwake(QueueStaysAwake answer)
    {
        if (_queues.TryGetValue(answer.Queue, out var child) && child.Actor.Equals(Sender))
            Resume(answer.Queue, child);
    }

    // What came for it while it was asked goes the way that it would go now.
    private void Resume(QueueKey queue, QueueChild child)
    {
        foreach (var (message, sender) in child.EndRest())
        {
            switch (message)
            {
                case IQueueMessage m: Route(m, sender); break;
                // What a partition that stops has not handed to a queue is the next owner's.
                case OfferFresh or OfferStored or WithholdRefs or PutBackRefs or WithdrawRefs or SetAsideRefs when !_isStopping: QueueOf(queue).Offer(message); break;
                case HeedSuspensions or HeedRules when _queues.TryGetValue(queue, out var awake): awake.Tell(message, sender); break;
                case StopHandingOut when _queues.TryGetValue(queue, out var awake): awake.Offer(message); break;
                default: break;
            }
        }
    }

    private void ArmWake()
    {
        if (_dormant.NextDue is not { } next || next >= _wakeArmed)
            return;
        _wakeArmed = next;
        var wait = next - _services.Now;
        if (wait <= TimeSpan.Zero)
            Self.Tell(WakeDormant.Instance);
        else
            Timers.StartSingleTimer(nameof(WakeDormant), WakeDormant.Instance, wait < LongestTimer ? wait : LongestTimer);
    }

    // In portions, so that others have their turn where very many are due.
    private void WakeDue()
    {
        if (_isStopping)
            return;
        _wakeArmed = null;
        lock (_changing)
        {
            foreach (var dormant in _dormant.TakeDue(_services.Now, WakeAtOnce))
                Begin(dormant.Queue, dormant);
        }
        ArmWake();
    }

    private sealed class WakeDormant
    {
        public static WakeDormant Instance { get; } = new();
    }
}
