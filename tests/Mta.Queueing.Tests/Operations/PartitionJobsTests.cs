using Mta.Queueing.Operations;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.Operations;

/// <summary>What a partition's journal says of jobs counts each ref once, whatever comes twice.</summary>
public sealed class PartitionJobsTests
{
    private readonly PartitionJobs _jobs = new();

    [Fact]
    public void A_ref_that_is_taken_twice_counts_once()
    {
        _jobs.Take(Job("one"), [Id(1), Id(2)]);
        _jobs.Take(Job("one"), [Id(2), Id(3)]);
        Assert.Equal(("one", 3), (_jobs.Running!.Id, _jobs.Count));
        Assert.True(_jobs.IsTaken(Id(3)));
        Assert.False(_jobs.IsTaken(Id(4)));
        Assert.Equal([Id(1), Id(2), Id(3)], _jobs.Taken);
        Assert.Null(_jobs.CountOf("one"));
    }

    [Fact]
    public void An_ended_job_keeps_its_count_and_is_not_begun_again()
    {
        _jobs.Take(Job("one"), [Id(1)]);
        _jobs.End(new JobPortion("one", 1));
        _jobs.End(new JobPortion("one", 7));
        _jobs.Take(Job("one"), [Id(2)]);
        Assert.Null(_jobs.Running);
        Assert.Equal((1L, 0), (_jobs.CountOf("one"), _jobs.Count));
        _jobs.Take(Job("two"), [Id(2)]);
        Assert.Equal([Id(2)], _jobs.Taken);
    }

    [Fact]
    public void So_many_ended_jobs_are_remembered()
    {
        for (var i = 0; i <= PartitionJobs.Remembered; i++)
            _jobs.End(new JobPortion($"j{i}", i));
        Assert.Null(_jobs.CountOf("j0"));
        Assert.Equal(1, _jobs.CountOf("j1"));
        Assert.Equal(PartitionJobs.Remembered, _jobs.Ended.Length);
    }

    private static MessageJob Job(string id) => new(id, JobAction.Drop, MessageFilter.All, "", T0, "otto");
}
