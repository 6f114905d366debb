using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
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
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly QueueServices _services;
    private readonly int _partition;
    private readonly ReplyInterner _replies = new();
    private readonly Dictionary<QueueKey, Child> _queues = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly FinishedRefs _finished;
    private long _epoch;
    private int _childNumber;
    private long _stopBegan;

    public QueuePartition(QueueServices services, int partition)
    {
        _services = services;
        _partition = partition;
        // What was accepted before this owner began may have been finished by an earlier one; the accepting node's clock may be ahead.
        _finished = new FinishedRefs(services.Now + ClockMargin);
        Become(Opening);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(QueueServices services, int partition) => Akka.Actor.Props.Create(() => new QueuePartition(services, partition));

    protected override void PreStart()
    {
        RaiseEpoch();
        if (_partition == 0)
            Context.ActorOf(SpoolSweeper.Props(_services), "sweeper");
        _services.Metrics.PartitionStarted(_partition, SumDepth);
    }

    protected override void PostStop() => _services.Metrics.PartitionStopped(_partition);

    // The journal is started again by its partition; a fault in a queue is one of the program, and the whole partition starts anew from what is stored.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        error => error is ActorInitializationException or ActorKilledException ? Directive.Stop : Directive.Escalate);

    private void Always()
    {
        Receive<StopPartition>(_ => Become(Stopping));
        Receive<AnnounceRefs>(Hold);
        Receive<WakePartition>(_ => { });
        Receive<ListQueues>(_ => { });
        Receive<IQueueMessage>(_ => { });
        Receive<Terminated>(JournalLost);
        Receive<RestartJournal>(_ => StartJournal());
    }

    private void Running()
    {
        Receive<AnnounceRefs>(Take);
        Receive<IQueueMessage>(Route);
        Receive<WakePartition>(_ => Sender.Tell(new PartitionAwake(_partition, _epoch)));
        Work();
        Receive<Tick>(_ => LookAfterQueues());
        Receive<Reconcile>(_ => BeginReconcile());
        Receive<StopPartition>(_ => Become(Stopping));
    }

    private void Stopping()
    {
        _stopBegan = Stopwatch.GetTimestamp();
        Timers.CancelAll();
        foreach (var child in _queues.Values)
            child.Actor.Tell(StopHandingOut.Instance);
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, LookEvery);
        Receive<IQueueMessage>(Route);
        Work();
        Receive<Tick>(_ => StopWhenDone());
        Receive<AnnounceRefs>(_ => { });
        Receive<WakePartition>(_ => { });
        Receive<StopPartition>(_ => { });
        Self.Tell(Tick.Instance);
    }

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
        Receive<JournalReady>(_ => ResumeJournal());
        Receive<SnapshotDone>(_ => _isSnapshotting = false);
        Receive<RefsGone>(Gone);
        Receive<PageRead>(PageArrived);
        Receive<PageFailed>(PageMissed);
        Receive<ListQueues>(List);
        Receive<QueueDescribed>(Described);
        Receive<ListingOverdue>(m => FinishListing(m.RequestId));
        Receive<Terminated>(JournalLost);
        Receive<RestartJournal>(_ => StartJournal());
    }

    private void Route(IQueueMessage message)
    {
        if (_queues.TryGetValue(message.Queue, out var child))
            child.Actor.Forward(message);
        else if (message is PullWork pull)
            RefusePull(pull);
    }

    private void RefusePull(PullWork pull)
    {
        pull.Connection.Tell(new DeliverBatch(_partition, _epoch, pull.Queue, pull.PullId, []));
        pull.ReplyTo.Tell(new WorkTaken(pull.Site, pull.Queue, pull.PullId, 0, 0));
    }

    private Child QueueOf(QueueKey queue)
    {
        if (_queues.TryGetValue(queue, out var known))
            return known;
        var gauge = new QueueGauge();
        // A queue may come back before the actor of its last life has ended, so each life has a name of its own.
        var name = string.Create(CultureInfo.InvariantCulture, $"queue-{++_childNumber}");
        var child = new Child(
            Context.ActorOf(DomainQueueActor.Props(_services, queue, _partition, _epoch, _replies, gauge), name), gauge);
        _queues.Add(queue, child);
        return child;
    }

    private void LookAfterQueues()
    {
        var now = Stopwatch.GetTimestamp();
        List<QueueKey>? idle = null;
        foreach (var (key, child) in _queues)
        {
            if (child.Gauge.Ready > 0)
                child.Actor.Tell(QueueTick.Instance);
            if (child.IsIdle(now, _services.Options.IdleAfter))
                (idle ??= []).Add(key);
        }
        foreach (var key in idle ?? [])
        {
            _queues.Remove(key, out var child);
            Context.Stop(child!.Actor);
        }
    }

    private void StopWhenDone()
    {
        var inFlight = _queues.Values.Sum(c => c.Gauge.InFlight);
        var isDone = inFlight == 0 && _queues.Values.All(c => c.Gauge.Offers == c.Offers) && !HasUncommitted;
        if (!isDone && Stopwatch.GetElapsedTime(_stopBegan) < _services.DrainTimeout)
            return;
        if (inFlight > 0 || HasUncommitted)
            _services.Log.PartitionStopped(_partition, inFlight);
        Context.Stop(Self);
    }

    private (int Ready, int InFlight, int Deferred) SumDepth()
    {
        // Read by the metrics on another thread: a moment's disorder costs a figure, not the partition.
        try
        {
            return _queues.Values.Aggregate((0, 0, 0), (sum, c) => (sum.Item1 + c.Gauge.Ready, sum.Item2 + c.Gauge.InFlight, sum.Item3 + c.Gauge.Deferred));
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>A domain queue's actor and what the partition knows of it.</summary>
    private sealed class Child(IActorRef actor, QueueGauge gauge)
    {
        private long _emptySince;

        public IActorRef Actor { get; } = actor;

        public QueueGauge Gauge { get; } = gauge;

        /// <summary>Offers sent to it.</summary>
        public long Offers { get; private set; }

        public void Offer(object message)
        {
            Offers++;
            _emptySince = 0;
            Actor.Tell(message);
        }

        /// <summary>True where it has taken all offers, has held nothing for so long, and so can go.</summary>
        public bool IsIdle(long now, TimeSpan limit)
        {
            if (Gauge.Offers != Offers || Gauge.Depth > 0)
                _emptySince = 0;
            else if (_emptySince == 0)
                _emptySince = now;
            return _emptySince != 0 && Stopwatch.GetElapsedTime(_emptySince, now) >= limit;
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
