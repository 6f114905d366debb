using Akka.Actor;
using Mta.Queueing.Schedule;

namespace Mta.Cluster.Queues;

/// <summary>
/// The retry schedule of one domain queue: who waits, and one timer for the next. It lives as long as its queue, from the first deferral on.
/// </summary>
internal sealed class RetryScheduleActor : ReceiveActor, IWithTimers
{
    private const int Portion = 1000;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(6);

    private readonly DueHeap _heap = new();
    private readonly TimeProvider _clock;
    private DateTimeOffset? _armed;

    public RetryScheduleActor(TimeProvider clock)
    {
        _clock = clock;
        Receive<ScheduleRefs>(Schedule);
        Receive<Fire>(_ => TakeDue());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(TimeProvider clock) => Akka.Actor.Props.Create(() => new RetryScheduleActor(clock));

    private void Schedule(ScheduleRefs message)
    {
        var before = _heap.NextDue;
        foreach (var scheduled in message.Refs)
            _heap.Add(scheduled.Id, scheduled.Due);
        if (_heap.NextDue != before)
            Context.Parent.Tell(new RefsDue([], _heap.NextDue));
        Arm();
    }

    private void TakeDue()
    {
        _armed = null;
        var due = _heap.TakeDue(_clock.GetUtcNow(), Portion);
        if (due.Length > 0)
            Context.Parent.Tell(new RefsDue(due, _heap.NextDue));
        Arm();
    }

    private void Arm()
    {
        if (_heap.NextDue is not { } next || next >= _armed)
            return;
        _armed = next;
        var wait = next - _clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            Self.Tell(Fire.Instance);
        else
            Timers.StartSingleTimer(nameof(Fire), Fire.Instance, wait < LongestTimer ? wait : LongestTimer);
    }

    private sealed class Fire
    {
        public static Fire Instance { get; } = new();
    }
}
