using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Explaining;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;
using Mta.Node.Management.Access;
using Mta.Protocol.Smtp;
using Mta.Queueing.Listing;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/queues</c>: the domain queues of the whole cluster.</summary>
internal static class QueueEndpoints
{
    private const int MostLanes = 1000;
    private const int FirstMessages = 50;

    /// <summary>Maps the paths.</summary>
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder queues = routes.MapGroup("/api/v1/queues").WithTags("Queues");
        queues.MapGet("", List).WithName("listQueues")
            .WithSummary("The domain queues of the whole cluster that hold mail, sorted and filtered, page by page, with the totals over all. While mail flows, a queue whose value changes between two pages may be on both or on neither; the order by name has no such gaps")
            .ProducesProblem(StatusCodes.Status400BadRequest).ForViewers();
        queues.MapGet("/{domain}", Find).WithName("findQueue").WithSummary("The queues of one domain with route, limits, schedule and first messages; 404 where none holds mail, unless asked otherwise")
            .ProducesProblem(StatusCodes.Status404NotFound).ForViewers();
    }

    private static async Task<Results<Ok<QueueList>, ProblemHttpResult>> List(
        [FromServices] IQueueQueries queues, [AsParameters] QueueListOrder order, CancellationToken cancel)
    {
        if (!order.TryRead(out QueueQuery query, out ProblemHttpResult? problem))
            return problem!;
        QueueOverview overview = await queues.ListAsync(query, cancel);
        return TypedResults.Ok(QueueList.Of(overview, query));
    }

    private static async Task<Results<Ok<QueueDetail>, ProblemHttpResult>> Find(
        [FromServices] IQueueQueries queues, [FromServices] IMessageSearch search, [FromServices] IExplanations explanations, [FromServices] ISiteQueries sites,
        [Description("The domain, in A-labels or not, or an address literal with its brackets")] string domain, CancellationToken cancel,
        [Description("true: where none holds mail, the answer has no lanes and is not 404, for those who watch a queue come and go")] bool empty = false)
    {
        if (!DomainScope.TryRead(domain, out string name) || name.Contains('*', StringComparison.Ordinal))
            return Problems.NotFound($"no mail is queued for {domain}");
        QueueOverview found = await queues.ListAsync(QueueQuery.Of(name) with { Limit = MostLanes, Order = QueueOrder.Name, IsAscending = true }, cancel);
        if (found.Queues.IsEmpty && !empty)
            return Problems.NotFound($"no mail is queued for {domain}{(found.SilentPartitions.IsEmpty ? "" : $", as far as is known: {found.SilentPartitions.Length} partitions do not answer")}");
        Task<FoundMessages> messages = search.FindAsync(MessageFilter.All with { Domains = name }, default, FirstMessages, cancel);
        Explanation explained = await explanations.ExplainAsync(new Address("postmaster", name), cancel);
        int connections = explained.Route.Site.Length > 0 ? await sites.CountConnectionsAsync(explained.Route.Site, cancel) : 0;
        return TypedResults.Ok(new QueueDetail(
            name, [.. found.Queues.Select(QueueLine.Of)], explained.Route, connections, explained.Retry, MessageList.Of(await messages, FirstMessages), found.SilentPartitions));
    }
}

/// <summary>The queues of one domain, and what concerns them.</summary>
/// <param name="Domain">The domain in A-labels, or an address literal.</param>
/// <param name="Lanes">Its queues: one, or one for each lane that holds mail.</param>
/// <param name="Route">Where its mail goes now, by which site, and the site's limits in force.</param>
/// <param name="Connections">Connections of the whole cluster to that site, open or on their way.</param>
/// <param name="Schedule">When deferred mail is tried again.</param>
/// <param name="Messages">The first page of its mail, as `/api/v1/messages?domain=…` has it.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
internal sealed record QueueDetail(
    string Domain, IReadOnlyList<QueueLine> Lanes, ExplainedRoute Route, int Connections, ExplainedRetry Schedule, MessageList Messages, IReadOnlyList<int> SilentPartitions);

/// <summary>The answer of <c>/api/v1/queues</c>.</summary>
/// <param name="Items">The queues of this page.</param>
/// <param name="Next">The `cursor` of the next page; null on the last.</param>
/// <param name="Count">How many queues fit, on all pages.</param>
/// <param name="Totals">Totals over all queues, whether they fit or not.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
internal sealed record QueueList(IReadOnlyList<QueueLine> Items, string? Next, int Count, QueueSums Totals, IReadOnlyList<int> SilentPartitions)
{
    /// <summary>The answer to a query.</summary>
    public static QueueList Of(QueueOverview overview, QueueQuery query) => new(
        [.. overview.Queues.Select(QueueLine.Of)], overview.Next is { } next ? QueueCursor.Write(query, next) : null, overview.Count, QueueSums.Of(overview.Totals), overview.SilentPartitions);
}

/// <summary>Numbers over several queues.</summary>
/// <param name="Queues">Domain queues that hold mail.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Due">Refs that wait for a connection.</param>
/// <param name="Deferred">Refs that wait for their next time.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="Held">Refs that are held until an operator releases them.</param>
/// <param name="RateIn">Refs that come, a second over about the last minute.</param>
/// <param name="RateOut">Refs that leave, delivered or given up, a second over about the last minute.</param>
internal sealed record QueueSums(int Queues, long Depth, long Due, long Deferred, long InFlight, long Held, double RateIn, double RateOut)
{
    /// <summary>The numbers of totals.</summary>
    public static QueueSums Of(QueueTotals totals) => new(
        totals.Queues, totals.Depth, totals.Ready, totals.Deferred, totals.InFlight, totals.Held, Math.Round(totals.RateIn, 2), Math.Round(totals.RateOut, 2));
}

/// <summary>One domain queue.</summary>
/// <param name="Queue">The domain, and the lane where it has several.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Due">Refs that wait for a connection.</param>
/// <param name="Deferred">Refs that wait for their next time.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="RateIn">Refs that come, a second over about the last minute.</param>
/// <param name="RateOut">Refs that leave, delivered or given up, a second over about the last minute.</param>
/// <param name="Oldest">When the oldest message was accepted.</param>
/// <param name="NextDue">When the next deferred ref is due.</param>
/// <param name="Site">The site that serves the queue; empty where none is known: since its owner began, no mail of the queue was due.</param>
/// <param name="LastReason">Why mail was deferred here last.</param>
/// <param name="LastReply">The last reply that deferred mail here.</param>
/// <param name="Partition">The partition that owns the queue.</param>
/// <param name="Suspension">The suspension that holds the queue; empty where none does.</param>
internal sealed record QueueLine(
    string Queue, int Depth, int Due, int Deferred, int InFlight, double RateIn, double RateOut, DateTimeOffset? Oldest, DateTimeOffset? NextDue,
    string Site, string LastReason, string LastReply, int Partition, string Suspension)
{
    /// <summary>Refs that are held until an operator releases them.</summary>
    public int Held { get; init; }

    /// <summary>The way that operators have ordered for the queue; empty where configuration and DNS decide.</summary>
    public string Route { get; init; } = "";

    /// <summary>The line of a queue.</summary>
    public static QueueLine Of(QueueStatus status) => new(
        status.Queue.ToString(), status.Depth, status.Ready, status.Deferred, status.InFlight, Math.Round(status.RateIn, 2), Math.Round(status.RateOut, 2), status.Oldest, status.NextDue,
        status.Site, status.LastReason.ToString(), status.LastReply, status.Partition, status.Suspension)
    {
        Held = status.Held,
        Route = status.Route,
    };
}
