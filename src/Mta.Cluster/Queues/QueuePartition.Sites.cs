using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Telemetry;

namespace Mta.Cluster.Queues;

// Mail by site, from the same as the lists of queues.
internal sealed partial class QueuePartition
{
    private void ListBySite()
    {
        var sites = new Dictionary<string, SiteSum>(StringComparer.Ordinal);
        foreach (var queue in AllQueues())
        {
            if (queue.Depth == 0)
                continue;
            if (!sites.TryGetValue(queue.Site, out var sum))
                sites.Add(queue.Site, sum = new SiteSum());
            sum.Add(queue, IsSuspended(queue));
        }
        var deepest = sites.OrderByDescending(s => s.Value.Totals.Depth).ToList();
        Sender.Tell(new SitesListed(
            _partition,
            [.. deepest.Take(SitesListed.MostSites).Select(s => s.Value.Of(s.Key))],
            deepest.Skip(SitesListed.MostSites).Aggregate(QueueTotals.None, (sum, s) => sum + s.Value.Totals)));
    }

    private sealed class SiteSum
    {
        private ListedQueue _deepest;
        private int _suspended;

        public QueueTotals Totals { get; private set; } = QueueTotals.None;

        public void Add(in ListedQueue queue, bool isSuspended)
        {
            Totals += new QueueTotals(1, queue.Depth, queue.Ready, queue.Deferred, queue.InFlight, queue.RateIn, queue.RateOut);
            _suspended += isSuspended ? 1 : 0;
            if (Totals.Queues == 1 || queue.Depth > _deepest.Depth || _deepest.Last.Reply is null)
                _deepest = queue;
        }

        public SiteTotals Of(string site) => new(site, Totals, _suspended, LogText.Escape(_deepest.Last.Reply?.ToString() ?? ""));
    }
}
