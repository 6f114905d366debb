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

// What the queues decided, on its way to stable storage: settlements to the spool, one batch at a time; then deferrals to the journal, one batch at a time. Both
// are repeated as they are until they succeed.
internal sealed partial class QueuePartition
{
    private const int ComposeAtOnce = 16;
    private const int RecordsAtOnce = 5000;

    private readonly Queue<(IActorRef Queue, RefSettlement Settlement)> _toCompose = new();
    private readonly Queue<PendingSettlement> _toSettle = new();
    private readonly Queue<(IActorRef Queue, RefDeferred Deferral)> _toRecord = new();
    private int _composing;
    private SettlementUnderWay? _settling;
    private RecordsUnderWay? _recording;
    private IActorRef? _journal;
    private bool _isJournalReady;
    private bool _isSnapshotting;
    private long _batchNumber;
    private long _recordsSinceSnapshot;

    private bool HasUncommitted => _toCompose.Count + _composing + _toSettle.Count + _toRecord.Count + _toKeep.Count > 0 || _settling is not null || _recording is not null;

    private void Settle(SettleRefs message)
    {
        foreach (var settlement in message.Refs)
        {
            if (settlement.Return is null)
                _toSettle.Enqueue(new PendingSettlement(Sender, settlement, null));
            else
                _toCompose.Enqueue((Sender, settlement));
        }
        ComposeNext();
        SettleNext();
    }

    private void ComposeNext()
    {
        while (_composing < ComposeAtOnce && _toCompose.TryDequeue(out var next))
        {
            _composing++;
            _services.Returns.ComposeAsync(next.Settlement.Return!).PipeTo(
                Self,
                success: message => new ReturnComposed(next.Queue, next.Settlement, message),
                failure: error => new ReturnNotComposed(next.Queue, next.Settlement, error));
        }
    }

    private void Composed(ReturnComposed composed)
    {
        _composing--;
        _toSettle.Enqueue(new PendingSettlement(composed.Queue, composed.Settlement, composed.Message));
        ComposeNext();
        SettleNext();
    }

    private void NotComposed(ReturnNotComposed failed)
    {
        _composing--;
        if (failed.Error is SpoolUnavailableException)
        {
            _toCompose.Enqueue((failed.Queue, failed.Settlement));
            Timers.StartSingleTimer(nameof(ComposeNext), new SettleRefs([]), _services.Pace.RetryAfter);
            return;
        }
        // Better a ref settled without its notification than one that is tried, or returned, for ever.
        _services.Log.NotReturned(failed.Error, failed.Settlement.Id.Message.ToString());
        _toSettle.Enqueue(new PendingSettlement(failed.Queue, failed.Settlement, null));
        ComposeNext();
        SettleNext();
    }

    private void SettleNext()
    {
        if (_settling is not null || _toSettle.Count == 0)
            return;
        var items = new PendingSettlement[Math.Min(_toSettle.Count, _services.Options.MaxSettlementBatch)];
        for (var i = 0; i < items.Length; i++)
            items[i] = _toSettle.Dequeue();
        _settling = new SettlementUnderWay(items, SettlementOf(items), Stopwatch.GetTimestamp());
        SendSettlement();
    }

    private Settlement SettlementOf(PendingSettlement[] items)
    {
        var finished = ImmutableArray.CreateBuilder<RefId>(items.Length);
        var narrowed = ImmutableArray.CreateBuilder<NarrowedRef>();
        var returns = ImmutableArray.CreateBuilder<NewMessage>();
        var deferred = ImmutableArray.CreateBuilder<RefId>();
        foreach (var item in items)
        {
            if (item.Settlement.IsFinished)
            {
                finished.Add(item.Settlement.Id);
                if (_journalState!.IsDeferred(item.Settlement.Id))
                    deferred.Add(item.Settlement.Id);
            }
            else
                narrowed.Add(new NarrowedRef(item.Settlement.Id, item.Settlement.Remaining, item.Settlement.DelayNotified));
            if (item.Return is not null)
                returns.Add(item.Return);
        }
        return new Settlement(_partition, _epoch, finished.DrainToImmutable(), narrowed.DrainToImmutable(), returns.DrainToImmutable(), [])
        { Deferred = deferred.DrainToImmutable() };
    }

    private void SendSettlement() => _services.Spool.SettleAsync(_settling!.Settlement, CancellationToken.None).PipeTo(
        Self, success: result => new SettlementDone(result), failure: error => new SettlementFailed(error.Message));

    private void SettlementMissed(SettlementFailed failed)
    {
        _services.Log.PartitionWaits(_partition, "a settlement", failed.Problem);
        Timers.StartSingleTimer(nameof(RetrySettlement), RetrySettlement.Instance, _services.Pace.RetryAfter);
    }

    private void SettlementEnded(SettlementDone done)
    {
        if (done.Result == SettleResult.Fenced)
        {
            _services.Log.Fenced(_partition, _epoch);
            Context.Stop(Self);
            return;
        }
        var settled = _settling!;
        _settling = null;
        _services.Metrics.Settled(settled.Items.Length, Stopwatch.GetElapsedTime(settled.Began));
        foreach (var item in settled.Items)
            Remember(item);
        TellOwners(settled.Items);
        EndOfJob(settled.Items.Select(item => item.Settlement.Id));
        SettleNext();
    }

    private void Remember(PendingSettlement item)
    {
        if (item.Settlement.IsFinished)
        {
            _finished.Remember(item.Settlement.Id, item.Settlement.AcceptedAt);
            _journalState!.Forget(item.Settlement.Id);
        }
        if (item.Return is not { } notification)
            return;
        _services.Metrics.Returned();
        _services.Log.Returned(item.Settlement.Id.Message.ToString(), notification.Id.ToString());
        if (!_services.Hints.Announce(notification))
            _services.Log.HintsDropped(notification.Id.ToString());
        notification.Inline?.Dispose();
    }

    private static void TellOwners(PendingSettlement[] items)
    {
        // The items of one queue mostly stand together.
        for (var start = 0; start < items.Length;)
        {
            var owner = items[start].Queue;
            var ids = new List<RefId>();
            while (start < items.Length && items[start].Queue.Equals(owner))
                ids.Add(items[start++].Settlement.Id);
            owner.Tell(new RefsSettled(ids));
        }
    }

    private void Gone(RefsGone message)
    {
        foreach (var id in message.Ids)
            _journalState!.Forget(id);
    }

    private void Record(RecordRefs message)
    {
        foreach (var deferral in message.Refs)
            _toRecord.Enqueue((Sender, deferral));
        RecordNext();
    }

    private void RecordNext()
    {
        if (_recording is not null || !_isJournalReady || _toRecord.Count + _toKeep.Count == 0)
            return;
        var count = Math.Min(_toRecord.Count, RecordsAtOnce);
        var owners = new IActorRef[count];
        var deferrals = new RefDeferred[count];
        for (var i = 0; i < count; i++)
            (owners[i], deferrals[i]) = _toRecord.Dequeue();
        _recording = new RecordsUnderWay(++_batchNumber, owners, deferrals, Stopwatch.GetTimestamp()) { IsJournaled = count == 0 };
        SendRecords();
        SendAttempts(_recording);
    }

    private void SendRecords()
    {
        if (!_recording!.IsJournaled)
            _journal!.Tell(new WriteBatch(_recording.Number, new RefsDeferred(DeferralMapping.ToRecords(_recording.Deferrals))));
    }

    private void Written(BatchWritten written)
    {
        if (_recording is not { } recorded || recorded.Number != written.Number)
            return;
        recorded.IsJournaled = true;
        _services.Metrics.Journaled(Stopwatch.GetElapsedTime(recorded.Began));
        EndRecords(recorded);
    }

    // A ref waits for its time once the journal has it, and what is kept of the attempt has been tried to be kept: so no more gathers than the spool takes.
    private void EndRecords(RecordsUnderWay recorded)
    {
        if (!recorded.IsJournaled || recorded.IsKeeping)
            return;
        _recording = null;
        _journalState!.Record(new DeferralsRecorded(ImmutableArray.Create(recorded.Deferrals)));
        for (var start = 0; start < recorded.Owners.Length;)
        {
            var owner = recorded.Owners[start];
            var ids = new List<RefId>();
            while (start < recorded.Owners.Length && recorded.Owners[start].Equals(owner))
                ids.Add(recorded.Deferrals[start++].Id);
            owner.Tell(new RefsRecorded(ids));
        }
        EndOfJob(recorded.Deferrals.Select(deferral => deferral.Id));
        Snapshot(recorded.Owners.Length);
        RecordNext();
    }

    private void Snapshot(int records)
    {
        _recordsSinceSnapshot += records;
        if (_isSnapshotting || !_isJournalReady || _ordersUnderWay > 0 || _recordsSinceSnapshot < Math.Max(_services.Pace.SnapshotAfter, 2L * (_journalState!.Count + Orders.Count)))
            return;
        _isSnapshotting = true;
        _recordsSinceSnapshot = 0;
        _journal!.Tell(new WriteSnapshot(new DeferralSnapshot(
            DeferralMapping.ToRecords(_journalState.Snapshot()), Suspensions, Jobs.Running is { } job ? new RefsTaken(job, Jobs.Taken) : null, Jobs.Ended)
        {
            Rules = Rules,
            Orders = Orders.Snapshot(),
        }));
    }

    private void StartJournal()
    {
        _isJournalReady = false;
        _journal = Context.Watch(Context.ActorOf(JournalWriter.Props(_partition, _replies), $"journal-{++_childNumber}"));
    }

    private void ChildLost(Terminated ended)
    {
        if (ended.ActorRef.Equals(_ledger))
            LedgerLost();
        if (!ended.ActorRef.Equals(_journal))
            return;
        _isJournalReady = false;
        _isSnapshotting = false;
        _ordersUnderWay = 0;
        Wait("the journal", "its database does not answer", RestartJournal.Instance);
    }

    // What it replayed is known here already, and more: what is under way is written once more.
    private void ResumeJournal()
    {
        _isJournalReady = true;
        if (_recording is not null)
            SendRecords();
        else
            RecordNext();
        ResumeHold();
        ResumeJob();
    }

    private readonly record struct PendingSettlement(IActorRef Queue, RefSettlement Settlement, NewMessage? Return);

    private sealed record SettlementUnderWay(PendingSettlement[] Items, Settlement Settlement, long Began);

    private sealed record RecordsUnderWay(long Number, IActorRef[] Owners, RefDeferred[] Deferrals, long Began)
    {
        public bool IsJournaled { get; set; }

        public bool IsKeeping { get; set; }
    }

    private sealed record ReturnComposed(IActorRef Queue, RefSettlement Settlement, NewMessage Message);

    private sealed record ReturnNotComposed(IActorRef Queue, RefSettlement Settlement, Exception Error);

    private sealed record SettlementDone(SettleResult Result);

    private sealed record SettlementFailed(string Problem);

    private sealed record RetrySettlement
    {
        public static RetrySettlement Instance { get; } = new();
    }

    private sealed record RestartJournal
    {
        public static RestartJournal Instance { get; } = new();
    }
}
