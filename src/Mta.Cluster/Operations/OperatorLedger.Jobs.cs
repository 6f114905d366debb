using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

// Jobs: each partition does its portion once, however often it is told; one that has ended says so again. So what the partitions have told need not be journaled here.
internal sealed partial class OperatorLedger
{
    private readonly Dictionary<string, JobProgress> _progress = [];

    private void Order(OrderJob order)
    {
        var orderedBy = Sender;
        var id = order.Job.Id;
        // Whoever ordered it has heard nothing.
        if (_state.Find(id) is not null)
            orderedBy.Tell(Jobs(OrderOutcome.Done, id));
        else if (_state.With(order.Job) is { } changed)
            Change(changed, () =>
            {
                _services.Log.JobOrdered(order.Job);
                orderedBy.Tell(Jobs(OrderOutcome.Done, id));
                TellJobs();
            });
        else
            orderedBy.Tell(Jobs(OrderOutcome.TooMany, id));
    }

    private void TellJobs()
    {
        foreach (var record in _state.Running)
        {
            foreach (var partition in ProgressOf(record.Job.Id).Pending)
            {
                if (MayTell(partition, record.Job))
                    _services.Partitions().Tell(new RunJob(partition, record.Job));
            }
        }
    }

    private void Told(JobPortionTold told)
    {
        if (_state.Find(told.Job) is not { EndedAt: null } record)
            return;
        var progress = ProgressOf(told.Job);
        progress.Tell(told.Partition, told.Count, told.IsEnded);
        if (!progress.Pending.IsEmpty)
            return;
        Change(_state.Ended(told.Job, _services.Now, progress.Count), () =>
        {
            _progress.Remove(told.Job);
            _services.Log.JobEnded(record.Job, progress.Count);
            // Those that waited for this one.
            TellJobs();
        });
    }

    private JobsStand Jobs(OrderOutcome outcome, string id) => new(outcome, [.. _state.Jobs.Where(r => id.Length == 0 || r.Job.Id == id).Select(StatusOf)]);

    private JobStatus StatusOf(JobRecord record)
    {
        if (record.EndedAt is not null)
            return new JobStatus(record.Job, record.EndedAt, record.Count, []);
        var progress = ProgressOf(record.Job.Id);
        return new JobStatus(record.Job, null, progress.Count, progress.Pending);
    }

    private JobProgress ProgressOf(string job)
    {
        if (!_progress.TryGetValue(job, out var progress))
            _progress.Add(job, progress = new JobProgress(_services.Options.Partitions));
        return progress;
    }
}
