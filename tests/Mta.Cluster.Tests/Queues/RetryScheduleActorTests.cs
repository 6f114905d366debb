using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Time.Testing;
using Mta.Cluster.Queues;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Xunit;

namespace Mta.Cluster.Tests.Queues;

/// <summary>The schedule of one queue, on a clock and timers that stand until they are moved.</summary>
public sealed class RetryScheduleActorTests : TestKit
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly TestProbe _queue;
    private readonly TestActorRef<RetryScheduleActor> _schedule;

    // The actor runs on the thread that tells it something, so that all is done when the telling returns.
    public RetryScheduleActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }")
    {
        _queue = CreateTestProbe();
        _schedule = ActorOfAsTestActorRef<RetryScheduleActor>(RetryScheduleActor.Props(_clock), _queue);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_ref_is_due_at_its_time_and_not_before()
    {
        Schedule((1, 5), (2, 10));
        Assert.Equal(At(5), (await DueAsync()).NextDue);
        Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.False(_queue.HasMessages);
        Pass(TimeSpan.FromMilliseconds(1));
        await ExpectDueAsync(At(10), 1);
        Pass(TimeSpan.FromMinutes(5));
        await ExpectDueAsync(null, 2);
    }

    [Fact]
    public async Task A_ref_that_is_due_before_all_others_moves_the_timer_forward()
    {
        Schedule((1, 60));
        Assert.Equal(At(60), (await DueAsync()).NextDue);
        Schedule((2, 1));
        Assert.Equal(At(1), (await DueAsync()).NextDue);
        Pass(TimeSpan.FromMinutes(1));
        await ExpectDueAsync(At(60), 2);
        Pass(TimeSpan.FromMinutes(59));
        await ExpectDueAsync(null, 1);
    }

    [Fact]
    public async Task A_ref_whose_time_is_past_is_due_at_once()
    {
        Schedule((1, -3));
        await DueAsync();
        await ExpectDueAsync(null, 1);
    }

    [Fact]
    public async Task A_wait_longer_than_any_timer_ends_when_it_should()
    {
        Schedule((1, 5 * 24 * 60));
        await DueAsync();
        for (var hour = 1; hour < 5 * 24; hour++)
            Pass(TimeSpan.FromHours(1));
        Assert.False(_queue.HasMessages);
        Pass(TimeSpan.FromHours(1));
        await ExpectDueAsync(null, 1);
    }

    [Fact]
    public async Task Very_many_come_in_portions()
    {
        _schedule.Tell(new ScheduleRefs([.. Enumerable.Range(0, 2500).Select(n => new ScheduledRef(Id(n), Start))]));
        await DueAsync();
        foreach (var portion in new[] { 1000, 1000, 500 })
            Assert.Equal(portion, (await DueAsync()).Ids.Length);
    }

    private static RefId Id(int n) => new(new MessageId(new Guid(n, 0, 0, new byte[8])), 0);

    private static DateTimeOffset At(int minutes) => Start.AddMinutes(minutes);

    private void Schedule(params (int Id, int Minutes)[] refs) =>
        _schedule.Tell(new ScheduleRefs([.. refs.Select(r => new ScheduledRef(Id(r.Id), At(r.Minutes)))]));

    private void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        ((TestScheduler)Sys.Scheduler).Advance(time);
    }

    private async Task<RefsDue> DueAsync() => await _queue.ExpectMsgAsync<RefsDue>(QueueHarness.Patience, cancellationToken: Cancel);

    private async Task ExpectDueAsync(DateTimeOffset? next, params int[] ids)
    {
        var due = await DueAsync();
        Assert.Equal(ids.Select(Id), due.Ids);
        Assert.Equal(next, due.NextDue);
    }
}
