using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// What a job does to the refs that it has taken. Each goes the way of all outcomes: settled in the spool, with its notification; or journaled, and then ready.
internal sealed partial class QueuePartition
{
    private const int BouncedAtOnce = 200;

    private void CarryOut(JobRun run, ImmutableArray<RefId> taken)
    {
        foreach (var id in taken)
            run.Begin(id);
        switch (run.Job.Action)
        {
            case JobAction.Retry:
                Retry(run, taken);
                break;
            case JobAction.Bounce:
                foreach (var id in taken)
                    run.ToBounce.Enqueue(id);
                BounceNext(run);
                break;
            case JobAction.Drop:
                Drop(run, taken);
                break;
            case JobAction.Hold or JobAction.Release or JobAction.Reroute or JobAction.Expire:
                PutBack(run, taken);
                break;
            default:
                throw new InvalidOperationException($"unknown action {run.Job.Action}");
        }
    }

    // The new time is journaled, so that the next owner tries it now too. What was never deferred is ready as it was.
    private void Retry(JobRun run, ImmutableArray<RefId> taken)
    {
        foreach (var id in taken)
        {
            var queue = QueueOf(run[id].Queue).Actor;
            if (_journalState!.Find(id) is { } deferral)
            {
                _toRecord.Enqueue((queue, deferral with { Due = _services.Now }));
                continue;
            }
            queue.Tell(new RefsRecorded([id]));
            run.End(id);
        }
        RecordNext();
        EndIfDone(run);
    }

    private void Drop(JobRun run, ImmutableArray<RefId> taken)
    {
        foreach (var id in taken)
        {
            var stored = run[id];
            _services.Log.Withdrawn(id.Message.ToString(), stored.Queue.ToString(), run.Job.Id, LogText.Escape(run.Job.By));
            _toSettle.Enqueue(new PendingSettlement(QueueOf(stored.Queue).Actor, Withdrawal.Drop(id, stored.AcceptedAt), null));
        }
        SettleNext();
    }

    private void BounceNext(JobRun run)
    {
        if (run.IsReading || run.ToBounce.Count == 0)
            return;
        run.IsReading = true;
        var ids = run.ToBounce.Take(BouncedAtOnce).ToImmutableArray();
        _services.Spool.ReadEnvelopesAsync(_partition, ids, CancellationToken.None).PipeTo(
            Self, success: found => new BounceRead(run, ids, found), failure: error => new BounceMissed(run, error.Message));
    }

    private void Bounce(BounceRead read)
    {
        var run = read.Run;
        if (run != _run || _isStopping)
            return;
        run.IsReading = false;
        for (var i = 0; i < read.Asked.Length; i++)
            run.ToBounce.Dequeue();
        foreach (var found in read.Found)
            Bounce(run, found);
        // An earlier owner had ended it.
        foreach (var gone in read.Asked.Except(read.Found.Select(f => f.Id)))
            Ended(run, gone);
        ComposeNext();
        SettleNext();
        BounceNext(run);
        EndIfDone(run);
    }

    private void Bounce(JobRun run, QueuedRef bounced)
    {
        var (settlement, log) = Withdrawal.Bounce(bounced, run.Job.Reason, _journalState!.Find(bounced.Id)?.Attempts ?? 0, _services.Now);
        foreach (var record in log)
        {
            _services.Log.Attempted(record, _partition, _epoch);
            _services.Metrics.Attempted(record);
        }
        var queue = QueueOf(run[bounced.Id].Queue).Actor;
        if (settlement.Return is null)
            _toSettle.Enqueue(new PendingSettlement(queue, settlement, null));
        else
            _toCompose.Enqueue((queue, settlement));
    }

    // Of what was committed, some may have been a job's.
    private void EndOfJob(IEnumerable<RefId> committed)
    {
        if (_run is not { } run)
            return;
        foreach (var id in committed)
            run.End(id);
        EndIfDone(run);
    }

    private void Ended(JobRun run, RefId gone)
    {
        QueueOf(run[gone].Queue).Tell(new RefsSettled([gone]), ActorRefs.NoSender);
        run.End(gone);
    }

    private void MissedBounce(BounceMissed missed)
    {
        if (missed.Run != _run || _isStopping)
            return;
        missed.Run.IsReading = false;
        Wait("an operator's job", missed.Problem, new BounceAgain(missed.Run));
    }

    private sealed record BounceRead(JobRun Run, ImmutableArray<RefId> Asked, IReadOnlyList<QueuedRef> Found);

    private sealed record BounceMissed(JobRun Run, string Problem);

    private sealed record BounceAgain(JobRun Run);
}
