using System.Collections.Immutable;
using Akka.Actor;
using Mta.Cluster.Contracts;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Search;
using Mta.Queueing;

namespace Mta.Cluster.Queues;

/// <summary>A search on its way through one partition: counts all that is meant, and keeps the first that are to be listed.</summary>
/// <param name="query">The search.</param>
/// <param name="replyTo">Who asked.</param>
internal sealed class SearchRun(FindMessages query, IActorRef replyTo)
{
    private readonly SortedSet<RefId> _listed = [];
    private readonly HashSet<QueueKey> _queues = [];

    /// <summary>The search.</summary>
    public FindMessages Query { get; } = query;

    /// <summary>Who asked.</summary>
    public IActorRef ReplyTo { get; } = replyTo;

    /// <summary>What the database can tell.</summary>
    public SearchCriteria Criteria { get; } = SearchCriteria.Of(query.Filter);

    /// <summary>The last ref that was read; null before the first page.</summary>
    public StoredRef? Last { get; set; }

    /// <summary>How many are meant.</summary>
    public long Count { get; private set; }

    /// <summary>In how many queues they stand; counted only where none is to be listed.</summary>
    public int Queues => _queues.Count;

    /// <summary>Those to be listed, in order.</summary>
    public ImmutableArray<RefId> Listed => [.. _listed];

    /// <summary>A ref that is meant.</summary>
    public void Add(in StoredRef meant)
    {
        Count++;
        if (Query.Limit <= 0)
            _queues.Add(meant.Queue);
        if (meant.Id <= Query.After || Query.Limit <= 0)
            return;
        if (_listed.Count == Query.Limit)
        {
            var last = _listed.Max;
            if (meant.Id > last)
                return;
            _listed.Remove(last);
        }
        _listed.Add(meant.Id);
    }
}
