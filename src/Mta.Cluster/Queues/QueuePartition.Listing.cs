using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

// What operators ask: totals out of the gauges, details of the deepest queues from the queues themselves.
internal sealed partial class QueuePartition
{
    private static readonly TimeSpan ListingTakes = TimeSpan.FromSeconds(2);
    private readonly Dictionary<long, Listing> _listings = [];
    private long _listingNumber;

    private void List(ListQueues query)
    {
        var chosen = _queues.Where(q => query.Domain.Length == 0 || q.Key.Domain == query.Domain)
            .Where(q => q.Value.Gauge.Depth > 0)
            .OrderByDescending(q => q.Value.Gauge.Depth).Take(query.Limit).Select(q => q.Value).ToList();
        var listing = new Listing(Sender, Totals(), chosen.Count);
        var number = ++_listingNumber;
        _listings.Add(number, listing);
        foreach (var child in chosen)
            child.Actor.Tell(new DescribeQueue(number));
        if (chosen.Count == 0)
            FinishListing(number);
        else
            Timers.StartSingleTimer((nameof(Listing), number), new ListingOverdue(number), ListingTakes);
    }

    private QueueTotals Totals()
    {
        var (queues, ready, inFlight, deferred) = (0, 0L, 0L, 0L);
        foreach (var child in _queues.Values)
        {
            var gauge = child.Gauge;
            queues += gauge.Depth > 0 ? 1 : 0;
            ready += gauge.Ready;
            inFlight += gauge.InFlight;
            deferred += gauge.Deferred;
        }
        return new QueueTotals(queues, ready + inFlight + deferred, ready, deferred, inFlight);
    }

    private void Described(QueueDescribed described)
    {
        if (!_listings.TryGetValue(described.RequestId, out var listing))
            return;
        listing.Queues.Add(described.Status);
        if (listing.Queues.Count == listing.Expected)
            FinishListing(described.RequestId);
    }

    private void FinishListing(long number)
    {
        if (!_listings.Remove(number, out var listing))
            return;
        Timers.Cancel((nameof(Listing), number));
        listing.ReplyTo.Tell(new QueueListing(_partition, listing.Totals, listing.Queues.ToImmutable()));
    }

    private sealed record Listing(IActorRef ReplyTo, QueueTotals Totals, int Expected)
    {
        public ImmutableArray<QueueStatus>.Builder Queues { get; } = ImmutableArray.CreateBuilder<QueueStatus>();
    }

    private sealed record ListingOverdue(long RequestId);
}
