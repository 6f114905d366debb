using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Delivery;

/// <summary>
/// The reports of one connection on their way to queues of other nodes: each is repeated until its queue has said that it is there, since what is sent between nodes may be
/// lost, and a message whose report is lost would be delivered again. A queue of the same node gets its report in any case. What nobody takes for
/// <see cref="GiveUpAfter"/> is dropped: its queue is gone, and the next owner of the mail counts it as in doubt.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class ReportOutbox(TimeProvider clock)
{
    /// <summary>How long a report waits for its answer before it is sent again.</summary>
    public static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(1);

    /// <summary>Longer than it takes to remove a node that is not reached.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<long, Pending> _pending = [];
    private long _last;

    /// <summary>True where no report waits for its answer.</summary>
    public bool IsEmpty => _pending.Count == 0;

    /// <summary>Sends a report, in the name of the actor at work.</summary>
    public void Send(IActorRef queue, DeliveryReport report)
    {
        if (queue is IActorRefScope { IsLocal: true })
        {
            queue.Tell(report);
            return;
        }
        var numbered = report with { ReportId = ++_last };
        var now = clock.GetTimestamp();
        _pending.Add(numbered.ReportId, new Pending(queue, numbered, now) { Sent = now });
        queue.Tell(numbered);
    }

    /// <summary>A queue has a report.</summary>
    public void Taken(long reportId) => _pending.Remove(reportId);

    /// <summary>Sends again what has waited for its answer.</summary>
    /// <returns>How many reports were sent again.</returns>
    public int Repeat()
    {
        var repeated = 0;
        foreach (var (number, pending) in _pending)
        {
            if (clock.GetElapsedTime(pending.Began) >= GiveUpAfter)
                _pending.Remove(number);
            else if (clock.GetElapsedTime(pending.Sent) >= RepeatAfter)
                repeated += pending.Repeat(clock.GetTimestamp());
        }
        return repeated;
    }

    private sealed class Pending(IActorRef queue, DeliveryReport report, long began)
    {
        public long Began { get; } = began;

        public long Sent { get; set; }

        public int Repeat(long now)
        {
            Sent = now;
            queue.Tell(report);
            return 1;
        }
    }
}
