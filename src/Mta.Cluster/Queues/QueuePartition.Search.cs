using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Search;
using Mta.Cluster.Telemetry;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

// Searches look at the refs that the spool lets through with the journal's deferrals, which is the same whether a queue is awake or dormant; the filter decides here.
internal sealed partial class QueuePartition
{
    private const int SearchesAtOnce = 4;

    // Those of which the database reads something just now.
    private readonly HashSet<SearchRun> _searches = [];

    private void Search(FindMessages query)
    {
        if (!query.Among.IsEmpty)
        {
            SearchAmong(new SearchRun(query, Sender));
            return;
        }
        if (SearchCriteria.OnlyDomainOf(query.Filter) is { } domain && !MayHold(domain))
        {
            Sender.Tell(new MessagesFound(_partition, 0, []));
            return;
        }
        if (_searches.Count >= SearchesAtOnce)
            SayAskAgain();
        else
            NextPage(Begin(new SearchRun(query, Sender)));
    }

    // By their keys: that costs little, and is not counted against the limit.
    private void SearchAmong(SearchRun run)
    {
        Begin(run);
        _services.Spool.ReadEnvelopesAsync(_partition, run.Query.Among, CancellationToken.None).PipeTo(
            Self,
            success: found => new SearchPage(run, [.. found.Select(f => new SearchedRef(new StoredRef(f.Id, f.Queue, f.AcceptedAt, DelayNotified: false), f.Envelope))]),
            failure: _ => new SearchEnded(run));
    }

    private SearchRun Begin(SearchRun run)
    {
        _searches.Add(run);
        return run;
    }

    // The database did not answer.
    private void GiveUp(SearchRun run)
    {
        _searches.Remove(run);
        run.ReplyTo.Tell(new AskAgain(_partition));
    }

    // Mail comes into the lanes that are configured; what stood in others before is known here.
    private bool MayHold(string domain)
    {
        if (_services.Places.IsIn(domain, _partition) || !_sides.IsEmpty)
            return true;
        for (var lane = 0; lane < QueuePlaces.MostLanes; lane++)
        {
            var queue = new QueueKey(domain, lane);
            if (_queues.ContainsKey(queue) || _dormant.Contains(queue))
                return true;
        }
        return false;
    }

    private void NextPage(SearchRun run) => _services.Spool.SearchAsync(_partition, run.Criteria, run.Last, CancellationToken.None).PipeTo(
        Self, success: page => new SearchPage(run, page), failure: _ => new SearchEnded(run));

    private void PageOfSearch(SearchPage read)
    {
        var (run, filter) = (read.Run, read.Run.Query.Filter);
        foreach (var (stored, envelope) in read.Refs)
        {
            var placed = Placed(stored);
            if (MayBeMeant(run.Query, placed) && (!filter.NeedsEnvelope || (envelope is not null && filter.Matches(envelope))))
                run.Add(placed);
        }
        if (read.Refs.Count == SpoolSearcher.PageSize && run.Query.Among.IsEmpty)
        {
            run.Last = read.Refs[^1].Ref;
            NextPage(run);
        }
        else if (run.Listed.IsEmpty)
            ListFound(new SearchListed(run, []));
        else
            _services.Spool.ReadEnvelopesAsync(_partition, run.Listed, CancellationToken.None).PipeTo(
                Self, success: found => new SearchListed(run, found), failure: _ => new SearchEnded(run));
    }

    private bool MayBeMeant(FindMessages query, StoredRef stored) => query.Job is { } job
        ? IsMeant(job, stored)
        : query.Filter.MayMatch(stored.Id, stored.Queue, stored.AcceptedAt, _journalState!.Find(stored.Id), OrderOf(stored.Id));

    private void ListFound(SearchListed listed)
    {
        var run = listed.Run;
        run.ReplyTo.Tell(new MessagesFound(_partition, run.Count, [.. listed.Found.OrderBy(f => f.Id).Select(Describe)]) { Queues = run.Queues });
        _searches.Remove(run);
    }

    private FoundMessage Describe(QueuedRef found)
    {
        var order = OrderOf(found.Id);
        var deferral = _journalState!.Find(found.Id);
        deferral = order is null ? deferral : order.Limit(deferral, found.AcceptedAt);
        var recipients = found.Envelope.Recipients;
        return new FoundMessage(
            found.Id, Placed(found.Queue, order), found.AcceptedAt, found.Envelope.ReversePath, [.. recipients.Take(FoundMessage.MostRecipients).Select(r => r.Address)], recipients.Length, found.Size,
            deferral?.Attempts ?? 0, deferral?.Due, deferral?.Reason ?? DeferralReason.None, LogText.Escape(deferral?.LastReply.ToString() ?? ""), found.Envelope.Labels)
        {
            Hold = order?.Hold ?? "",
            Route = order?.Route ?? "",
            ExpiresAt = order?.ExpiryOf(found.AcceptedAt),
        };
    }

    private sealed record SearchPage(SearchRun Run, IReadOnlyList<SearchedRef> Refs);

    private sealed record SearchListed(SearchRun Run, IReadOnlyList<QueuedRef> Found);

    private sealed record SearchEnded(SearchRun Run);
}
