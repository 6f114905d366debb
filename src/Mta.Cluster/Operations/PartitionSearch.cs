using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Search;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>
/// Asks the partitions, and puts their answers together. Where something in the envelope decides, and no domain says which partitions may hold the mail, the database is asked first, once for all of them: if few messages have
/// it, only their partitions are asked, and only for these.
/// </summary>
/// <param name="partitions">The partitions' shard region.</param>
/// <param name="count">How many partitions there are.</param>
/// <param name="spool">The spool.</param>
/// <param name="patience">How long one may take; null for 20 s.</param>
internal sealed class PartitionSearch(Func<IActorRef> partitions, int count, ISpool spool, TimeSpan? patience = null) : IMessageSearch
{
    /// <summary>So many messages are few.</summary>
    public const int Few = 2000;

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<FoundMessages> FindAsync(MessageFilter filter, RefId after, int limit, CancellationToken cancel)
    {
        var few = await FewAsync(filter, cancel).ConfigureAwait(false);
        var asked = Enumerable.Range(0, count).Where(p => few?.Contains(p) != false).ToList();
        var answers = await Task.WhenAll(asked.Select(
            p => partitions().AskPartitionAsync<MessagesFound>(new FindMessages(p, filter, after, limit, [.. few?[p] ?? []]), _patience, cancel))).ConfigureAwait(false);
        var heard = answers.OfType<MessagesFound>().ToList();
        return new FoundMessages(
            heard.Sum(a => a.Count),
            [.. heard.SelectMany(a => a.Messages).OrderBy(m => m.Id).Take(limit)],
            [.. asked.Where((_, i) => answers[i] is null)]);
    }

    // Null where each partition has to look itself.
    private async Task<ILookup<int, RefId>?> FewAsync(MessageFilter filter, CancellationToken cancel)
    {
        var criteria = SearchCriteria.Of(filter);
        if (criteria.EnvelopeParts.IsEmpty || SearchCriteria.OnlyDomainOf(filter) is not null)
            return null;
        try
        {
            return await spool.FindAsync(criteria, Few, cancel).ConfigureAwait(false);
        }
        catch (SpoolUnavailableException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<MailCount> CountAsync(MessageFilter filter, MessageJob? job, CancellationToken cancel)
    {
        var answers = await AskAllAsync(p => new FindMessages(p, filter, default, 0) { Job = job }, cancel).ConfigureAwait(false);
        var heard = answers.OfType<MessagesFound>().ToList();
        return new MailCount(heard.Sum(a => a.Count), heard.Sum(a => a.Queues), [.. Enumerable.Range(0, count).Where(p => answers[p] is null)]);
    }

    private Task<MessagesFound?[]> AskAllAsync(Func<int, FindMessages> query, CancellationToken cancel) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(p => partitions().AskPartitionAsync<MessagesFound>(query(p), _patience, cancel)));
}
