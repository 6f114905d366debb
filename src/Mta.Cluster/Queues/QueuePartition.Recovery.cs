using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Partitions;

namespace Mta.Cluster.Queues;

// How a partition comes to know its refs: at its start all of them, later those whose announcement was lost, and in between by announcements.
internal sealed partial class QueuePartition
{
    private readonly List<AnnounceRefs> _held = [];
    private int _heldRefs;
    private PartitionJournal? _journalState;
    private RefReader? _reader;
    private bool _isRecovering = true;
    private DateTimeOffset _readFrom;
    private DateTimeOffset _watermark;
    private int _refsRead;
    private int _refsDeferred;

    private void Opening()
    {
        Receive<EpochRaised>(m =>
        {
            _epoch = m.Epoch;
            Become(Replaying);
        });
        Receive<EpochFailed>(m => Wait("raising the epoch", m.Problem, RaiseAgain.Instance));
        Receive<RaiseAgain>(_ => RaiseEpoch());
        Always();
    }

    private void Replaying()
    {
        Receive<JournalReady>(m =>
        {
            _journalState = m.State;
            _isJournalReady = true;
            Become(Reading);
        });
        Always();
        StartJournal();
    }

    private void Reading()
    {
        Receive<AnnounceRefs>(Hold);
        Receive<IQueueMessage>(Route);
        Receive<WakePartition>(_ => { });
        RefuseQuestions();
        Receive<ILedgerMessage>(_ => { });
        Receive<RunJob>(_ => { });
        Receive<StopPartition>(_ => Become(Stopping));
        Receive<ReadAgain>(_ => BeginRead(null));
        Work();
        BeginRead(null);
    }

    private void RaiseEpoch() => _services.Spool.RaiseEpochAsync(_partition, _services.NodeName, CancellationToken.None).PipeTo(
        Self,
        success: epoch => new EpochRaised(epoch),
        failure: error => new EpochFailed(error.Message));

    private void BeginRead(DateTimeOffset? from)
    {
        _readFrom = _services.Now;
        _reader = new RefReader(_services.Spool, _partition, from, _services.Pace.RefsAtOnce);
        ReadPage();
    }

    private void BeginReconcile()
    {
        if (_reader is null)
            BeginRead(_watermark - _services.Options.ReconcileLookBack);
    }

    private void ReadPage() => _reader!.NextAsync().PipeTo(
        Self, success: page => new PageRead(page), failure: error => new PageFailed(error.Message));

    private void PageArrived(PageRead read)
    {
        if (_isRecovering)
            Recover(read.Page.Refs);
        else
            OfferUnknown(read.Page.Refs);
        if (!read.Page.IsLast)
        {
            ReadPage();
            return;
        }
        EndRead();
        _watermark = _readFrom;
        if (_isRecovering)
            EndRecovery();
    }

    private void PageMissed(PageFailed failed)
    {
        EndRead();
        if (_isRecovering)
            Wait("reading the refs", failed.Problem, ReadAgain.Instance);
    }

    private void EndRead()
    {
        _reader!.CloseAsync().AsTask().ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _reader = null;
    }

    // A page that is read twice, because the database failed between, is offered twice and known the second time.
    private void Recover(ImmutableArray<StoredRef> refs)
    {
        var byQueue = new Dictionary<QueueKey, ImmutableArray<RecoveredRef>.Builder>();
        List<Aside>? unjudged = null;
        foreach (var stored in refs)
        {
            var isKnown = _journalState!.IsClaimed(stored.Id) || Orders.IsClaimed(stored.Id);
            Orders.Claim(stored.Id);
            var recovered = Recovered(stored) with { IsTaken = Jobs.IsTaken(stored.Id) };
            _refsRead++;
            _refsDeferred += recovered.Deferral is null ? 0 : 1;
            if (LetSleep(recovered, isKnown))
                continue;
            if (IsUnjudged(recovered, out var rule))
                (unjudged ??= []).Add(new Aside(recovered.Ref, rule));
            else
                Add(byQueue, recovered);
        }
        Offer(byQueue);
        SetAside(unjudged);
        ArmWake();
    }

    private void EndRecovery()
    {
        _isRecovering = false;
        _journalState!.EndRecovery();
        lock (_changing)
            _dormant.Trim();
        EndCount();
        Become(Running);
        foreach (var held in _held)
            Take(held);
        _held.Clear();
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, _services.Pace.TickEvery);
        Timers.StartPeriodicTimer(nameof(Reconcile), Reconcile.Instance, _services.Options.ReconcileEvery);
        var took = Stopwatch.GetElapsedTime(_started);
        _services.Metrics.Recovered(took);
        if (_refsRead > 0)
            _services.Log.PartitionRecovered(_partition, _refsRead, _refsDeferred, took, _epoch);
        BeginOrders();
    }

    private void OfferUnknown(ImmutableArray<StoredRef> refs)
    {
        var youngest = _services.Now - _services.Options.ReconcileMinAge;
        var byQueue = new Dictionary<QueueKey, ImmutableArray<RecoveredRef>.Builder>();
        List<Aside>? unjudged = null;
        foreach (var stored in refs)
        {
            // What has a deferral or an order is in its queue, awake or dormant; to offer it again would wake the one and keep the other from going dormant.
            if (stored.AcceptedAt > youngest || IsInQueue(stored.Id) || _finished.Judge(stored.Id, stored.AcceptedAt) == HintVerdict.Finished)
                continue;
            var recovered = new RecoveredRef(stored, null);
            if (IsUnjudged(recovered, out var rule))
                (unjudged ??= []).Add(new Aside(stored, rule));
            else
                Add(byQueue, recovered);
        }
        Offer(byQueue, wereLost: true);
        SetAside(unjudged);
    }

    private static void Add(Dictionary<QueueKey, ImmutableArray<RecoveredRef>.Builder> byQueue, RecoveredRef recovered)
    {
        if (!byQueue.TryGetValue(recovered.Ref.Queue, out var list))
            byQueue.Add(recovered.Ref.Queue, list = ImmutableArray.CreateBuilder<RecoveredRef>());
        list.Add(recovered);
    }

    private void Offer(Dictionary<QueueKey, ImmutableArray<RecoveredRef>.Builder> byQueue, bool wereLost = false)
    {
        foreach (var (queue, list) in byQueue)
        {
            var child = QueueOf(queue);
            // One that has just begun shows what it is about to take, so that whoever asks meanwhile gets no half answer.
            if (child.Offers == 0)
            {
                var held = list.Count(r => r.Order?.IsHeld == true);
                var deferred = list.Count(r => r.Deferral is not null && r.Order?.IsHeld != true);
                child.Gauge.Show(new QueueCounters(list.Count - deferred - held, 0, 0, 0, deferred, Held: held), offers: 0);
            }
            child.Offer(new OfferStored(list.DrainToImmutable(), wereLost));
        }
    }

    // Before the refs are read nobody can say whether an announcement is new. Over the limit it is dropped, and the next reconcile finds the refs.
    private void Hold(AnnounceRefs message)
    {
        if (_heldRefs + message.Refs.Length > _services.Options.MaxPendingHints)
            return;
        _heldRefs += message.Refs.Length;
        _held.Add(message);
    }

    private void Take(AnnounceRefs message)
    {
        if (message.Refs is [var single])
        {
            Take(single.Queue, message.Refs, message.Node);
            return;
        }
        var byQueue = new Dictionary<QueueKey, ImmutableArray<QueuedRef>.Builder>();
        foreach (var announced in message.Refs)
        {
            if (!byQueue.TryGetValue(announced.Queue, out var list))
                byQueue.Add(announced.Queue, list = ImmutableArray.CreateBuilder<QueuedRef>());
            list.Add(announced);
        }
        foreach (var (queue, list) in byQueue)
            Take(queue, list.DrainToImmutable(), message.Node);
    }

    private void Take(QueueKey queue, ImmutableArray<QueuedRef> refs, string node)
    {
        if (_journalState!.ConcernsNewMail)
            refs = Sift(refs);
        ImmutableArray<QueuedRef>.Builder? fresh = null;
        ImmutableArray<RecoveredRef>.Builder? doubtful = null;
        for (var i = 0; i < refs.Length; i++)
        {
            var verdict = _finished.Judge(refs[i].Id, refs[i].AcceptedAt);
            if (verdict == HintVerdict.Fresh)
            {
                fresh?.Add(refs[i]);
                continue;
            }
            if (fresh is null)
                (fresh = ImmutableArray.CreateBuilder<QueuedRef>()).AddRange(refs, i);
            if (verdict == HintVerdict.Doubtful)
                (doubtful ??= ImmutableArray.CreateBuilder<RecoveredRef>()).Add(StoredOf(refs[i]));
        }
        var offered = fresh?.DrainToImmutable() ?? refs;
        if (offered.Length > 0)
            QueueOf(queue).Offer(new OfferFresh(offered, node));
        if (doubtful is not null)
            QueueOf(queue).Offer(new OfferStored(doubtful.DrainToImmutable()));
    }

    private RecoveredRef StoredOf(QueuedRef announced) => new(
        new StoredRef(announced.Id, announced.Queue, announced.AcceptedAt, DelayNotified: false), _journalState!.Claim(announced.Id));

    private void Wait(string what, string problem, object next)
    {
        _services.Log.PartitionWaits(_partition, what, problem);
        Timers.StartSingleTimer(next, next, _services.Pace.RetryAfter);
    }

    private sealed record EpochRaised(long Epoch);

    private sealed record EpochFailed(string Problem);

    private sealed record RaiseAgain
    {
        public static RaiseAgain Instance { get; } = new();
    }

    private sealed record ReadAgain
    {
        public static ReadAgain Instance { get; } = new();
    }

    private sealed record PageRead(RefPage Page);

    private sealed record PageFailed(string Problem);
}
