using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages about what operators order.</summary>
internal static class OperationContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<OrderSuspension, POrderSuspension>(
            "order-suspension:1",
            POrderSuspension.Parser,
            m => new POrderSuspension { Partition = m.Partition, Suspension = m.Suspension.ToProto() },
            p => new OrderSuspension(p.Partition, p.Suspension.ToValue())),
        Contract.Of<LiftSuspension, PLiftSuspension>(
            "lift-suspension:1",
            PLiftSuspension.Parser,
            m => new PLiftSuspension { Partition = m.Partition, Id = m.Id },
            p => new LiftSuspension(p.Partition, p.Id)),
        Contract.Of<ListSuspensions, PListSuspensions>(
            "list-suspensions:1",
            PListSuspensions.Parser,
            m => new PListSuspensions { Partition = m.Partition },
            p => new ListSuspensions(p.Partition)),
        Contract.Of<SuspensionsStand, PSuspensionsStand>(
            "suspensions-stand:1",
            PSuspensionsStand.Parser,
            m => new PSuspensionsStand { Outcome = (int)m.Outcome, Set = m.Set.ToProto(), Pending = { m.Pending.OrEmpty() } },
            p => new SuspensionsStand((OrderOutcome)p.Outcome, p.Set.ToValue(), [.. p.Pending])),
        Contract.Of<KeepSuspensions, PKeepSuspensions>(
            "keep-suspensions:1",
            PKeepSuspensions.Parser,
            m => new PKeepSuspensions { Partition = m.Partition, Set = m.Set.ToProto() },
            p => new KeepSuspensions(p.Partition, p.Set.ToValue())),
        Contract.Of<SuspensionsKept, PSuspensionsKept>(
            "suspensions-kept:1",
            PSuspensionsKept.Parser,
            m => new PSuspensionsKept { Partition = m.Partition, Revision = m.Revision },
            p => new SuspensionsKept(p.Partition, p.Revision)),
        Contract.Of<OrderJob, POrderJob>(
            "order-job:1",
            POrderJob.Parser,
            m => new POrderJob { Partition = m.Partition, Job = m.Job.ToProto() },
            p => new OrderJob(p.Partition, p.Job.ToValue())),
        Contract.Of<ListJobs, PListJobs>(
            "list-jobs:1",
            PListJobs.Parser,
            m => new PListJobs { Partition = m.Partition, Id = m.Id },
            p => new ListJobs(p.Partition, p.Id)),
        Contract.Of<JobsStand, PJobsStand>(
            "jobs-stand:1",
            PJobsStand.Parser,
            m => new PJobsStand { Outcome = (int)m.Outcome, Jobs = { m.Jobs.OrEmpty().Select(Write) } },
            p => new JobsStand((OrderOutcome)p.Outcome, [.. p.Jobs.Select(Read)])),
        Contract.Of<RunJob, PRunJob>(
            "run-job:1",
            PRunJob.Parser,
            m => new PRunJob { Partition = m.Partition, Job = m.Job.ToProto() },
            p => new RunJob(p.Partition, p.Job.ToValue())),
        Contract.Of<JobPortionTold, PJobPortionTold>(
            "job-portion-told:1",
            PJobPortionTold.Parser,
            m => new PJobPortionTold { Partition = m.Partition, Job = m.Job, Count = m.Count, IsEnded = m.IsEnded },
            p => new JobPortionTold(p.Partition, p.Job, p.Count, p.IsEnded)),
    ];

    private static PJobStatus Write(JobStatus status)
    {
        var p = new PJobStatus { Job = status.Job.ToProto(), Count = status.Count, Pending = { status.Pending.OrEmpty() } };
        if (status.EndedAt is { } ended)
            p.EndedAt = ended.UtcTicks;
        return p;
    }

    private static JobStatus Read(PJobStatus p) => new(p.Job.ToValue(), p.HasEndedAt ? ValueMapping.ToTime(p.EndedAt) : null, p.Count, [.. p.Pending]);
}
