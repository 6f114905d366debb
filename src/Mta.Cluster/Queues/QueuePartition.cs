using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Dormant;
using Mta.Queueing.Listing;
using Mta.Queueing.Partitions;

namespace Mta.Cluster.Queues;

/// <summary>
/// The owner of one partition: its domain queues, its journal, and all that they have committed. The law:
/// <code>
/// Opening ─epoch raised─▶ Replaying ─journal replayed─▶ Reading ─all refs read─▶ Running ─StopPartition─▶ Stopping ─▶ stopped
/// any ─settlement fenced─▶ stopped
/// </code>
/// A database that does not answer holds a state up and changes nothing; what is decided stays in memory and is committed when it answers again.
/// </summary>
internal sealed partial class QueuePartition : ReceiveActor, IWithTimers
{
    private readonly QueueServices _services;
    private readonly int _partition;
    private readonly ReplyInterner _replies = new();
    // Changed by this actor only, and read by the metrics on another thread.
    private readonly ConcurrentDictionary<QueueKey, QueueChild> _queues = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly FinishedRefs _finished;
    private long _epoch;
    private int _childNumber;
    private long _stopBegan;
    private long _measured;
    // Counted among those that recover.
    private bool _isCounted;

    public QueuePartition(QueueServices services, int partition)
    {
        _services = services;
        _partition = partition;
        // What was accepted before this owner began may have been finished by an earlier one; the accepting node's clock may be ahead.
        _finished = new FinishedRefs(services.Now + services.Pace.ClockMargin);
        Become(Opening);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(QueueServices services, int partition) => Akka.Actor.Props.Create(() => new QueuePartition(services, partition));

    protected override void PreStart()
    {
        _services.Memory.BeginRecovery();
        _isCounted = true;
        RaiseEpoch();
        if (_partition == 0)
            Context.ActorOf(SpoolSweeper.Props(_services), "sweeper");
        _services.Metrics.PartitionStarted(_partition, SumDepth, FindAge);
    }

    protected override void PostStop()
    {
        foreach (var run in _searches)
            run.ReplyTo.Tell(new AskAgain(_partition));
        _services.Metrics.PartitionStopped(_partition);
        EndCount();
    }

    private void EndCount()
    {
        if (_isCounted)
            _services.Memory.EndRecovery(_refsRead);
        _isCounted = false;
    }

    // A partition does not live twice under one name: what an earlier life had asked for would be answered to the later. The next message for it, at the latest
    // its keeper's, starts another.
    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    // The journal is started again by its partition; a fault in a queue is one of the program, and the whole partition starts anew from what is stored.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        error => error is ActorInitializationException or ActorKilledException ? Directive.Stop : Directive.Escalate);

    private void Always()
    {
        Receive<StopPartition>(_ => Become(Stopping));
        Receive<AnnounceRefs>(Hold);
        Receive<WakePartition>(_ => { });
        RefuseQuestions();
        Receive<PullWork>(RefusePull);
        Receive<IQueueMessage>(_ => { });
        Receive<IPartitionMessage>(_ => { });
        Receive<Terminated>(ChildLost);
        Receive<RestartJournal>(_ => StartJournal());
    }

    private void Running()
    {
        Receive<AnnounceRefs>(Take);
        Receive<IQueueMessage>(Route);
        Receive<WakePartition>(_ => Sender.Tell(new PartitionAwake(_partition, _epoch)));
        Receive<ILedgerMessage>(m => _ledger?.Forward(m));
        Receive<RestartLedger>(_ => StartLedger());
        Receive<RunJob>(Run);
        Receive<FindMessages>(Search);
        Work();
        Receive<Tick>(_ => LookAfterQueues());
        Receive<Reconcile>(_ => BeginReconcile());
        Receive<StopPartition>(_ => Become(Stopping));
    }

    private void Stopping()
    {
        _stopBegan = _services.Clock.GetTimestamp();
        _isStopping = true;
        // What waits for a database to be repeated still is.
        Timers.Cancel(nameof(Reconcile));
        foreach (var child in _queues.Values)
            child.Offer(StopHandingOut.Instance);
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, _services.Pace.LookEvery);
        // Refs that are just being read are the next owner's.
        Receive<PageRead>(_ => EndRead());
        Receive<PageFailed>(_ => EndRead());
        Receive<IQueueMessage>(Route);
        Work();
        Receive<Tick>(_ => StopWhenDone());
        Receive<AnnounceRefs>(_ => { });
        Receive<WakePartition>(_ => { });
        Receive<ILedgerMessage>(_ => { });
        Receive<RestartLedger>(_ => { });
        Receive<RunJob>(_ => { });
        Receive<FindMessages>(_ => SayAskAgain());
        Receive<StopPartition>(_ => { });
        Self.Tell(Tick.Instance);
    }

    // Who asks what waits gets no half answer.
    private void RefuseQuestions()
    {
        Receive<ListQueues>(_ => SayAskAgain());
        Receive<ListSites>(_ => SayAskAgain());
        Receive<FindMessages>(_ => SayAskAgain());
    }

    private void SayAskAgain() => Sender.Tell(new AskAgain(_partition));

    // What goes on in every state that has queues.
    private void Work()
    {
        Receive<SettleRefs>(Settle);
        Receive<ReturnComposed>(Composed);
        Receive<ReturnNotComposed>(NotComposed);
        Receive<SettlementDone>(SettlementEnded);
        Receive<SettlementFailed>(SettlementMissed);
        Receive<RetrySettlement>(_ => SendSettlement());
        Receive<RecordRefs>(Record);
        Receive<BatchWritten>(Written);
        Receive<KeepAttempts>(Keep);
        Receive<AttemptsKept>(Kept);
        Receive<JournalReady>(_ => ResumeJournal());
        Receive<SnapshotDone>(_ => _isSnapshotting = false);
        Receive<KeepSuspensions>(Keep);
        Receive<SuspensionsWritten>(Kept);
        WorkForRules();
        WorkForOperators();
        Receive<RefsGone>(Gone);
        Receive<PageRead>(PageArrived);
        Receive<PageFailed>(PageMissed);
        Receive<ListQueues>(List);
        Receive<ListSites>(_ => ListBySite());
        Receive<QueueRested>(Rested);
        Receive<QueueStaysAwake>(StayedAwake);
        Receive<WakeDormant>(_ => WakeDue());
        Receive<Terminated>(ChildLost);
        Receive<RestartJournal>(_ => StartJournal());
    }

    private void WorkForRules()
    {
        Receive<KeepRules>(Keep);
        Receive<RulesWritten>(Kept);
        Receive<RefsSetAside>(AreAside);
        Receive<AsideRead>(Judge);
        Receive<AsideMissed>(MissedAside);
        Receive<JudgeAgain>(_ => JudgeNext());
        Receive<HeldWritten>(Held);
    }

    private void WorkForOperators()
    {
        Receive<JobPage>(PageOfJob);
        Receive<JobEnvelopes>(EnvelopesOfJob);
        Receive<JobMissed>(MissedByJob);
        Receive<JobAgain>(AgainForJob);
        Receive<JobWaits>(m => Ask(m.Run, m.Meant, m.IsLast));
        Receive<WithholdAnswered>(_ => QueueAnswered());
        Receive<RefsWithheld>(Withheld);
        Receive<TakenWritten>(Taken);
        Receive<EndWritten>(Ended);
        Receive<BounceRead>(Bounce);
        Receive<BounceMissed>(MissedBounce);
        Receive<BounceAgain>(m => BounceNext(m.Run));
        Receive<SearchPage>(PageOfSearch);
        Receive<SearchListed>(ListFound);
        Receive<SearchEnded>(m => GiveUp(m.Run));
    }

    private void Route(IQueueMessage message) => Route(message, Sender);

    // A queue that is not awake has nothing to hand out, and nothing handed out.
    private void Route(IQueueMessage message, IActorRef? sender)
    {
        if (_queues.TryGetValue(message.Queue, out var child))
            child.Tell(message, sender);
        else if (message is PullWork pull)
            RefusePull(pull);
    }

    private void RefusePull(PullWork pull)
    {
        pull.Connection.Tell(new DeliverBatch(_partition, _epoch, pull.Queue, pull.PullId, []));
        pull.ReplyTo.Tell(new WorkTaken(pull.Site, pull.Queue, pull.PullId, 0, 0));
    }

    private QueueChild Create(QueueKey queue, DormantQueue? dormant)
    {
        var gauge = new QueueGauge();
        if (dormant is not null)
            gauge.Show(dormant);
        // A queue may come back before the actor of its last life has ended, so each life has a name of its own.
        var name = string.Create(CultureInfo.InvariantCulture, $"queue-{++_childNumber}");
        var props = DomainQueueActor.Props(_services, queue, _partition, _epoch, _replies, gauge, Suspensions, Rules, _sides.RouteOf(queue)).WithMailbox(LinkedMailbox.Name);
        return new QueueChild(Context.ActorOf(props, name), gauge);
    }

    private void LookAfterQueues()
    {
        var now = _services.Clock.GetTimestamp();
        var seconds = _measured == 0 ? 0 : _services.Clock.GetElapsedTime(_measured, now).TotalSeconds;
        var faded = RateMeter.FadedTo(seconds);
        _measured = now;
        List<QueueKey>? idle = null;
        foreach (var (key, child) in _queues)
        {
            if (seconds > 0)
                child.Measure(seconds, faded);
            if (child.Gauge.Ready > 0 || child.Gauge.HasOldestLeft)
                child.Tell(QueueTick.Instance, Self);
            if (!child.IsQuiet(_services.Clock, now, _services.Options.IdleAfter))
                continue;
            if (child.Gauge.Depth > 0)
                child.AskToRest(_services.Now + _services.Options.IdleAfter);
            else
                (idle ??= []).Add(key);
        }
        foreach (var key in idle ?? [])
        {
            _queues.TryRemove(key, out var child);
            Context.Stop(child!.Actor);
        }
        _services.Memory.Look();
        // What the timer should have done, where a clock was set.
        WakeDue();
    }

    private void StopWhenDone()
    {
        var inFlight = _queues.Values.Sum(c => c.Gauge.InFlight);
        var isDone = inFlight == 0 && _queues.Values.All(c => c.HasTakenAll) && !HasUncommitted;
        if (!isDone && _services.Clock.GetElapsedTime(_stopBegan) < _services.DrainTimeout)
            return;
        if (inFlight > 0 || HasUncommitted)
            _services.Log.PartitionStopped(_partition, inFlight);
        _services.Metrics.Abandoned(inFlight);
        Context.Stop(Self);
    }

    private PartitionDepth SumDepth()
    {
        lock (_changing)
        {
            var (awake, ready, inFlight, deferred, held) = (0, 0, 0, _dormant.Refs - _dormant.Held, _dormant.Held);
            foreach (var (_, child) in _queues)
            {
                awake++;
                ready += child.Gauge.Ready;
                inFlight += child.Gauge.InFlight;
                deferred += child.Gauge.Deferred;
                held += child.Gauge.Held;
            }
            var now = _services.Now;
            return new PartitionDepth(ready, inFlight, deferred, awake, _dormant.Count, _journalState?.Suspensions.Standing(now).Length ?? 0)
            {
                Held = held,
                Holds = _journalState?.Rules.Holds.Length ?? 0,
                Routes = _journalState?.Rules.StandingRoutes(now).Length ?? 0,
            };
        }
    }

    private TimeSpan FindAge()
    {
        lock (_changing)
        {
            var oldest = _dormant.All.Select(d => d.Oldest).Concat(_queues.Select(q => q.Value.Gauge.Oldest)).Min();
            return oldest is { } at && at < _services.Now ? _services.Now - at : TimeSpan.Zero;
        }
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed class Reconcile
    {
        public static Reconcile Instance { get; } = new();
    }
}

/// <summary>Shard → partition: end in good order. Sent when the partition moves or the node leaves.</summary>
internal sealed class StopPartition
{
    /// <summary>The one message.</summary>
    public static StopPartition Instance { get; } = new();
}
