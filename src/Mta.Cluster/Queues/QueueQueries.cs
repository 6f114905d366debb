using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Queueing.Listing;

namespace Mta.Cluster.Queues;

/// <summary>Asks all partitions, and puts their answers together.</summary>
/// <param name="partitions">The partitions' shard region.</param>
/// <param name="count">How many partitions there are.</param>
/// <param name="patience">How long one may take; null for 5 s.</param>
internal sealed class QueueQueries(Func<IActorRef> partitions, int count, TimeSpan? patience = null) : IQueueQueries
{
    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<QueueOverview> ListAsync(QueueQuery query, CancellationToken cancel)
    {
        // One more than is wanted tells whether there is another page.
        var answers = await AskAllAsync(query.Limit > 0 ? query with { Limit = query.Limit + 1 } : query, cancel).ConfigureAwait(false);
        var heard = answers.OfType<QueueListing>().ToList();
        var comparer = new QueuePositionComparer(query.Order, query.IsAscending);
        var queues = heard.SelectMany(a => a.Queues).OrderBy(q => q.PositionIn(query.Order), comparer).Take(query.Limit + 1).ToList();
        var hasMore = query.Limit > 0 && queues.Count > query.Limit;
        return new QueueOverview(
            heard.Aggregate(QueueTotals.None, (sum, a) => sum + a.Totals),
            [.. queues.Take(query.Limit)],
            [.. Enumerable.Range(0, count).Where(p => answers[p] is null)],
            heard.Sum(a => a.Count),
            hasMore ? queues[query.Limit - 1].PositionIn(query.Order) : null);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<QueueStatus>> FindAsync(string domain, CancellationToken cancel)
    {
        // The lanes of a domain may be anywhere, and lanes that are configured no more may still hold mail.
        var answers = await AskAllAsync(QueueQuery.Of(domain), cancel).ConfigureAwait(false);
        return [.. answers.Where(a => a is not null).SelectMany(a => a!.Queues).OrderBy(q => q.Queue.Lane)];
    }

    private Task<QueueListing?[]> AskAllAsync(QueueQuery query, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(partition => partitions().AskPartitionAsync<QueueListing>(new ListQueues(partition, query), _patience, cancel)));
}
