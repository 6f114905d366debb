using Akka.Actor;
using Mta.Queueing.Schedule;

namespace Mta.Cluster.Queues;

/// <summary>
/// The retry schedule of one domain queue: who waits, and one timer for the next. It lives as long as its queue, from the first deferral on.
/// </summary>
internal sealed class RetryScheduleActor(TimeProvider clock) : UntypedActor
{
    private const int Portion = 1000;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(6);

    private readonly DueHeap _heap = new();
    private DateTimeOffset? _armed;
    private ICancelable? _timer;

    /// <summary>How schedules are made; one for all, since a schedule is told everything later.</summary>
    public static Props Props(TimeProvider clock) => Akka.Actor.Props.CreateBy(new PlainProducer<RetryScheduleActor>(() => new RetryScheduleActor(clock)));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ScheduleRefs m: Schedule(m); break;
            case Fire: TakeDue(); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PostStop() => _timer?.Cancel();

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
        var due = _heap.TakeDue(clock.GetUtcNow(), Portion);
        if (due.Length > 0)
            Context.Parent.Tell(new RefsDue(due, _heap.NextDue));
        Arm();
    }

    private void Arm()
    {
        if (_heap.NextDue is not { } next || next >= _armed)
            return;
        _armed = next;
        _timer?.Cancel();
        var wait = next - clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            Self.Tell(Fire.Instance);
        else
            _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(wait < LongestTimer ? wait : LongestTimer, Self, Fire.Instance, Self);
    }

    private sealed class Fire
    {
        public static Fire Instance { get; } = new();
    }
}
