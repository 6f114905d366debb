using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;
using Mta.Queueing;
using Mta.Queueing.Dormant;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Queues;

// What operators ask: answered from what the queues show of themselves and from the dormant ones, at once; no queue is asked, and none wakes.
internal sealed partial class QueuePartition
{
    private void List(ListQueues asked)
    {
        var query = asked.Query;
        var top = new TopQueues<ListedQueue>(query);
        foreach (var queue in AllQueues())
        {
            if (queue.Depth > 0 && query.Fits(queue.Key, queue.Site, queue.Last.Reason) && (query.IsSuspended is not { } wanted || IsSuspended(queue) == wanted))
                top.Offer(new QueuePosition(queue.ValueOf(query.Order), queue.Key), queue);
        }
        Sender.Tell(new QueueListing(_partition, Totals(), [.. top.Take().Select(StatusOf)], top.Offered));
    }

    private IEnumerable<ListedQueue> AllQueues() =>
        _queues.Select(q => new ListedQueue(q.Key, q.Value, null)).Concat(_dormant.All.Select(d => new ListedQueue(d.Queue, null, d)));

    private bool IsSuspended(in ListedQueue queue) => Suspensions.Find(queue.Key.Domain, queue.Site, _services.Now) is not null;

    private QueueStatus StatusOf(ListedQueue queue)
    {
        var last = queue.Last;
        return WithSuspension(new QueueStatus(
            queue.Key, _partition, queue.Ready, queue.Deferred, queue.InFlight, queue.Oldest, queue.NextDue, queue.Site, LogText.Escape(last.Reply?.ToString() ?? ""), last.Reason,
            RateIn: queue.RateIn, RateOut: queue.RateOut)
        {
            Held = queue.Held,
            Route = RouteOf(queue.Key),
        });
    }

    private QueueTotals Totals()
    {
        var totals = new QueueTotals(_dormant.Count, _dormant.Refs, 0, _dormant.Refs - _dormant.Held, 0) { Held = _dormant.Held };
        foreach (var child in _queues.Values)
        {
            var gauge = child.Gauge;
            var (ready, deferred, inFlight, held) = (gauge.Ready, gauge.Deferred, gauge.InFlight, gauge.Held);
            var depth = ready + deferred + inFlight + held;
            totals += new QueueTotals(depth > 0 ? 1 : 0, depth, ready, deferred, inFlight, child.RateIn, child.RateOut) { Held = held };
        }
        return totals;
    }

    /// <summary>A queue in either form: awake, with what it shows, or dormant.</summary>
    private readonly record struct ListedQueue(QueueKey Key, QueueChild? Awake, DormantQueue? Dormant)
    {
        public int Ready => Awake?.Gauge.Ready ?? 0;

        public int Deferred => Awake?.Gauge.Deferred ?? Dormant!.Count - Dormant.Held;

        public int InFlight => Awake?.Gauge.InFlight ?? 0;

        public int Held => Awake?.Gauge.Held ?? Dormant!.Held;

        public int Depth => Awake?.Gauge.Depth ?? Dormant!.Count;

        public DateTimeOffset? Oldest => Awake is null ? Dormant!.Oldest : Awake.Gauge.Oldest;

        public DateTimeOffset? NextDue => Awake is null ? Dormant!.IsEverDue ? Dormant.NextDue : null : Awake.Gauge.NextDue;

        public string Site => Awake?.Gauge.Site ?? Dormant!.Site;

        public LastDeferral Last => Awake?.Gauge.Last ?? Dormant!.Last;

        public double RateIn => Awake?.RateIn ?? 0;

        public double RateOut => Awake?.RateOut ?? 0;

        public long ValueOf(QueueOrder order) => order switch
        {
            QueueOrder.Due => Ready,
            QueueOrder.Deferred => Deferred,
            QueueOrder.InFlight => InFlight,
            QueueOrder.Oldest => QueuePosition.OfTime(Oldest),
            QueueOrder.RateIn => QueuePosition.OfRate(RateIn),
            QueueOrder.RateOut => QueuePosition.OfRate(RateOut),
            QueueOrder.Name => 0,
            _ => Depth,
        };
    }
}
