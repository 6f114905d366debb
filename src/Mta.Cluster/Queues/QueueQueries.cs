using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;

namespace Mta.Cluster.Queues;

/// <summary>Asks all partitions, and puts their answers together.</summary>
internal sealed class QueueQueries(Func<IActorRef> partitions, int count) : IQueueQueries
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<QueueOverview> ListAsync(int limit, CancellationToken cancel)
    {
        var answers = await AskAllAsync(limit, "", cancel).ConfigureAwait(false);
        var totals = new QueueTotals(0, 0, 0, 0, 0);
        var silent = ImmutableArray.CreateBuilder<int>();
        for (var partition = 0; partition < answers.Length; partition++)
        {
            if (answers[partition] is { } answer)
                totals = Add(totals, answer.Totals);
            else
                silent.Add(partition);
        }
        var queues = answers.Where(a => a is not null).SelectMany(a => a!.Queues)
            .OrderByDescending(q => q.Depth).ThenBy(q => q.Queue.Domain, StringComparer.Ordinal).Take(limit);
        return new QueueOverview(totals, [.. queues], silent.ToImmutable());
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<QueueStatus>> FindAsync(string domain, CancellationToken cancel)
    {
        // The lanes of a domain may be anywhere, and lanes that are configured no more may still hold mail.
        var answers = await AskAllAsync(int.MaxValue, domain, cancel).ConfigureAwait(false);
        return [.. answers.Where(a => a is not null).SelectMany(a => a!.Queues).OrderBy(q => q.Queue.Lane)];
    }

    private Task<QueueListing?[]> AskAllAsync(int limit, string domain, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(partition => AskAsync(new ListQueues(partition, limit, domain), cancel)));

    private async Task<QueueListing?> AskAsync(ListQueues query, CancellationToken cancel)
    {
        try
        {
            return await partitions().Ask<QueueListing>(query, Patience, cancel).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is AskTimeoutException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static QueueTotals Add(QueueTotals one, QueueTotals other) => new(
        one.Queues + other.Queues, one.Depth + other.Depth, one.Ready + other.Ready, one.Deferred + other.Deferred, one.InFlight + other.InFlight);
}
