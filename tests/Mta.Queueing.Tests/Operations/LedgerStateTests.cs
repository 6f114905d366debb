using Mta.Queueing.Operations;
using static Mta.Queueing.Tests.Make;

namespace Mta.Queueing.Tests.Operations;

/// <summary>Which jobs run, and which are kept to be looked at.</summary>
public sealed class LedgerStateTests
{
    [Fact]
    public void A_job_runs_until_it_has_ended_once()
    {
        var state = LedgerState.None.With(Job(1))!.With(Job(2))!;
        Assert.Equal(["j1", "j2"], state.Running.Select(r => r.Job.Id));
        state = state.Ended("j1", T0.AddHours(1), 7).Ended("j1", T0.AddHours(2), 9);
        Assert.Equal(["j2"], state.Running.Select(r => r.Job.Id));
        Assert.Equal((T0.AddHours(1), 7L), (state.Find("j1")!.EndedAt, state.Find("j1")!.Count));
        Assert.Null(state.Find("j3"));
    }

    [Fact]
    public void There_is_a_bound_for_those_that_run_and_for_those_that_are_kept()
    {
        var state = LedgerState.None;
        for (var i = 0; i < LedgerState.MaxRunning; i++)
            state = state.With(Job(i))!;
        Assert.Null(state.With(Job(99)));
        for (var i = 100; i <= 100 + LedgerState.MaxEnded; i++)
            state = state.Ended(state.Running.First().Job.Id, T0, i).With(Job(i))!;
        Assert.Equal(LedgerState.MaxRunning + LedgerState.MaxEnded, state.Jobs.Length);
        Assert.Null(state.Find("j0"));
        Assert.NotNull(state.Find("j1"));
    }

    [Fact]
    public void What_was_ended_last_is_remembered()
    {
        var state = LedgerState.None;
        for (var i = 0; i <= LedgerState.MaxLifted; i++)
        {
            var id = $"s{i}";
            state = state with { Suspensions = state.Suspensions.With(new Suspension(id, new SuspensionScope(SuspensionKind.Domain, id), T0, null, "otto", ""), T0)! };
            state = state.WithoutSuspension(id, T0)!;
        }
        Assert.Null(state.WithoutSuspension("s1", T0));
        Assert.Null(state.WithoutRoute("s1", T0));
        Assert.Equal(Enumerable.Range(1, LedgerState.MaxLifted).Select(i => $"s{i}"), state.Lifted);
    }

    [Fact]
    public void Progress_is_what_each_partition_said_last_until_it_has_ended()
    {
        var progress = new JobProgress(3);
        progress.Tell(0, 5, false);
        progress.Tell(0, 8, true);
        progress.Tell(0, 3, false);
        progress.Tell(2, 4, false);
        progress.Tell(7, 100, true);
        Assert.Equal(12, progress.Count);
        Assert.Equal([1, 2], progress.Pending);
    }

    private static MessageJob Job(int n) => new($"j{n}", JobAction.Bounce, MessageFilter.All, "", T0, "otto");
}
