using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Queues;

// An operator's job, one at a time: all refs of the spool are looked at; those that are meant are withheld by their queues, journaled as taken, and only then ended or tried again. So the next owner
// knows what has been taken, and the count is exact whoever began it.
internal sealed partial class QueuePartition
{
    private const int TakenAtOnce = 5000;

    private JobRun? _run;

    private PartitionJobs Jobs => _journalState!.Jobs;

    private void Run(RunJob order)
    {
        if (Jobs.CountOf(order.Job.Id) is { } count)
        {
            Sender.Tell(new JobPortionTold(_partition, order.Job.Id, count, IsEnded: true));
            return;
        }
        if (_run is null)
            BeginJob(order.Job);
        // Another one waits until this one has ended, and is asked for again.
        if (_run!.Job.Id != order.Job.Id)
            return;
        _run.AskedBy = Sender;
        Sender.Tell(new JobPortionTold(_partition, order.Job.Id, Jobs.Count, IsEnded: false));
    }

    private void BeginJob(MessageJob job)
    {
        _run = new JobRun(job);
        Scan(_run);
    }

    private void Scan(JobRun run)
    {
        run.Reader ??= new RefReader(_services.Spool, _partition, null, _services.Pace.RefsAtOnce);
        run.Reader.NextAsync().PipeTo(Self, success: page => new JobPage(run, page), failure: error => new JobMissed(run, error.Message));
    }

    private void PageOfJob(JobPage read)
    {
        var run = read.Run;
        if (run != _run || _isStopping)
        {
            Close(run);
            return;
        }
        var meant = new List<StoredRef>();
        foreach (var found in read.Page.Refs)
        {
            if (!run.IsNew(found.Id))
                continue;
            var stored = Placed(found);
            if (Jobs.IsTaken(stored.Id))
                TakeUpAgain(run, stored);
            else if (IsMeant(run.Job, stored))
                meant.Add(stored);
        }
        if (read.Page.IsLast)
            Close(run);
        if (meant.Count > 0 && (run.Job.Filter.NeedsEnvelope || MayStayHeld(run.Job, meant)))
            _services.Spool.ReadEnvelopesAsync(_partition, [.. meant.Select(m => m.Id)], CancellationToken.None).PipeTo(
                Self, success: found => new JobEnvelopes(run, meant, read.Page.IsLast, found), failure: error => new JobMissed(run, error.Message));
        else
            Ask(run, meant, read.Page.IsLast);
    }

    // What came in after the order is none of its business.
    private bool IsMeant(MessageJob job, in StoredRef stored)
    {
        var order = OrderOf(stored.Id);
        var isToTake = job.Takes(order) || (job is { Action: JobAction.Release, Rule.Length: > 0 } && IsHeldByNothing(order));
        return isToTake && job.ConcernsAcceptedAt(stored.AcceptedAt) && !IsForHoldThatEnded(job)
            && job.Filter.MayMatch(stored.Id, stored.Queue, stored.AcceptedAt, _journalState!.Find(stored.Id), order);
    }

    // An earlier owner had taken it, and it stands in the spool still.
    private void TakeUpAgain(JobRun run, in StoredRef stored)
    {
        run.Find(stored);
        CarryOut(run, [stored.Id]);
    }

    private void EnvelopesOfJob(JobEnvelopes read)
    {
        if (read.Run != _run || _isStopping)
            return;
        var meant = read.Found.Where(f => read.Run.Job.Filter.Matches(f.Envelope) && !StaysHeld(read.Run.Job, f)).Select(f => f.Id).ToHashSet();
        Ask(read.Run, [.. read.Meant.Where(m => meant.Contains(m.Id))], read.IsLast);
    }

    private void Ask(JobRun run, List<StoredRef> meant, bool isLast)
    {
        if (run != _run || _isStopping)
            return;
        // It is just being decided whether a standing hold holds them; until then nobody else takes them.
        if (meant.Exists(m => _aside.ContainsKey(m.Id)))
        {
            Timers.StartSingleTimer(nameof(JobWaits), new JobWaits(run, meant, isLast), _services.Pace.RetryAfter);
            return;
        }
        meant.RemoveAll(m => !IsMeant(run.Job, m));
        run.IsScanned = isLast;
        foreach (var queue in meant.GroupBy(m => m.Queue))
        {
            foreach (var stored in queue)
            {
                run.Find(stored);
                run.Ask(stored.Id);
            }
            run.Unanswered++;
            QueueOf(queue.Key).Offer(new WithholdRefs([.. queue.Select(s => s.Id)]));
        }
        GoOn(run);
    }

    // The spool is read from its beginning; what was found before is passed over.
    private void MissedByJob(JobMissed missed)
    {
        if (missed.Run != _run || _isStopping)
            return;
        Close(missed.Run);
        missed.Run.IsScanned = false;
        Wait("an operator's job", missed.Problem, new JobAgain(missed.Run));
    }

    private void AgainForJob(JobAgain again)
    {
        if (again.Run == _run && !_isStopping)
            Scan(again.Run);
    }

    private void QueueAnswered()
    {
        if (_run is not { } run)
            return;
        run.Unanswered--;
        GoOn(run);
    }

    private void Withheld(RefsWithheld message)
    {
        if (_run is not { } run)
            return;
        run.Answered(message.Refs);
        TakeNext(run);
        EndIfDone(run);
    }

    private void GoOn(JobRun run)
    {
        if (run.Unanswered == 0 && !run.IsScanned)
            Scan(run);
        EndIfDone(run);
    }

    private void TakeNext(JobRun run)
    {
        if (run.Taking is not null || !_isJournalReady || run.NextHeld(TakenAtOnce) is not { Length: > 0 } next)
            return;
        run.Taking = next;
        WriteTaken(run);
    }

    private void WriteTaken(JobRun run) => WriteOrder(new RefsTaken(run.Job, run.Taking!.Value), new TakenWritten(run));

    private void Taken(TakenWritten written)
    {
        _ordersUnderWay--;
        var run = written.Run;
        if (run != _run || run.Taking is not { } taken)
            return;
        run.Taking = null;
        _journalState!.Take(run.Job, taken, areAlive: true);
        _services.Metrics.Taken(run.Job.Action, taken.Length);
        CarryOut(run, taken);
        TakeNext(run);
        Snapshot(taken.Length);
    }

    private void EndIfDone(JobRun run)
    {
        if (!run.IsDone || run.IsEnding || !_isJournalReady)
            return;
        run.IsEnding = true;
        WriteEnd(run);
    }

    private void WriteEnd(JobRun run)
    {
        var portion = new JobPortion(run.Job.Id, Jobs.Running?.Id == run.Job.Id ? Jobs.Count : 0);
        WriteOrder(new JobPortionEnded(portion), new EndWritten(run, portion));
    }

    private void Ended(EndWritten written)
    {
        _ordersUnderWay--;
        if (written.Run != _run)
            return;
        Jobs.End(written.Portion);
        _run.AskedBy?.Tell(new JobPortionTold(_partition, written.Portion.Job, written.Portion.Count, IsEnded: true));
        _run = null;
        // While it ran, something of it was always on its way into the journal.
        Snapshot(0);
    }

    // The journal was started again: what was on its way is written once more, and counts once.
    private void ResumeJob()
    {
        if (_run is not { } run)
            return;
        if (run.Taking is not null)
            WriteTaken(run);
        else
            TakeNext(run);
        if (run.IsEnding)
            WriteEnd(run);
        else
            EndIfDone(run);
    }

    private static void Close(JobRun run)
    {
        run.Reader?.CloseAsync().AsTask().ContinueWith(
            static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        run.Reader = null;
    }

    private sealed record JobPage(JobRun Run, RefPage Page);

    private sealed record JobEnvelopes(JobRun Run, List<StoredRef> Meant, bool IsLast, IReadOnlyList<QueuedRef> Found);

    private sealed record JobMissed(JobRun Run, string Problem);

    private sealed record JobAgain(JobRun Run);

    private sealed record JobWaits(JobRun Run, List<StoredRef> Meant, bool IsLast);

    private sealed record TakenWritten(JobRun Run);

    private sealed record EndWritten(JobRun Run, JobPortion Portion);
}
