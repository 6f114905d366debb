using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Queues;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/queues</c>: the domain queues of the whole cluster.</summary>
internal static class QueueEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 10_000;

    /// <summary>Maps the path.</summary>
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/queues", List);
        routes.MapGet("/api/v1/queues/{domain}", Find);
    }

    private static async Task<Results<JsonHttpResult<QueueList>, BadRequest<string>>> List(
        [FromServices] IQueueQueries queues, int? limit, CancellationToken cancel)
    {
        int count = limit ?? DefaultLimit;
        if (count is < 0 or > MaxLimit)
            return TypedResults.BadRequest($"limit is {count}; expected 0 to {MaxLimit}");
        QueueOverview overview = await queues.ListAsync(count, cancel);
        return TypedResults.Json(new QueueList(overview.Totals, [.. overview.Queues.Select(QueueLine.Of)], overview.SilentPartitions), ManagementJson.Default.QueueList);
    }

    private static async Task<Results<JsonHttpResult<QueueLine[]>, NotFound>> Find(
        [FromServices] IQueueQueries queues, string domain, CancellationToken cancel)
    {
        QueueLine[] lanes = [.. (await queues.FindAsync(domain.ToLowerInvariant(), cancel)).Select(QueueLine.Of)];
        return lanes.Length == 0 ? TypedResults.NotFound() : TypedResults.Json(lanes, ManagementJson.Default.QueueLineArray);
    }
}

/// <summary>The answer of <c>/api/v1/queues</c>.</summary>
/// <param name="Totals">Totals over all queues.</param>
/// <param name="Queues">The deepest queues.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
internal sealed record QueueList(QueueTotals Totals, IReadOnlyList<QueueLine> Queues, IReadOnlyList<int> SilentPartitions);

/// <summary>One domain queue.</summary>
/// <param name="Queue">The domain, and the lane where it has several.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Due">Refs that wait for a connection.</param>
/// <param name="Deferred">Refs that wait for their next time.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="Oldest">When the oldest message was accepted.</param>
/// <param name="NextDue">When the next deferred ref is due.</param>
/// <param name="Site">The site that serves the queue.</param>
/// <param name="LastReason">Why mail was deferred here last.</param>
/// <param name="LastReply">The last reply that deferred mail here.</param>
/// <param name="Partition">The partition that owns the queue.</param>
internal sealed record QueueLine(
    string Queue, int Depth, int Due, int Deferred, int InFlight, DateTimeOffset? Oldest, DateTimeOffset? NextDue,
    string Site, string LastReason, string LastReply, int Partition)
{
    /// <summary>The line of a queue.</summary>
    public static QueueLine Of(QueueStatus status) => new(
        status.Queue.ToString(), status.Depth, status.Ready, status.Deferred, status.InFlight, status.Oldest, status.NextDue,
        status.Site, status.LastReason.ToString(), status.LastReply, status.Partition);
}
