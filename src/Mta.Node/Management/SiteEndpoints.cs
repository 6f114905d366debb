using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Queues;
using Mta.Node.Management.Access;
using Mta.Queueing;
using Mta.Queueing.Listing;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/sites</c>: the mail of the whole cluster by the site that serves it, or by the provider whose hosts a site has.</summary>
internal static class SiteEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const string ByProvider = "provider";

    // By depth, and equal ones by name: as queues, whose positions these are.
    private static readonly QueueQuery InOrder = QueueQuery.Deepest(0);
    private static readonly QueuePositionComparer Comparer = new(QueueOrder.Depth, isAscending: false);

    /// <summary>Maps the path.</summary>
    public static void MapSites(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1/sites").WithTags("Queues")
        .MapGet("", List).WithName("listSites")
        .WithSummary("What stands for each site, a set of hosts that shares limits among all domains with these hosts, deepest first; or for each provider: the registered part of the hosts' names, told by their form")
        .ProducesProblem(StatusCodes.Status400BadRequest).ForViewers();

    private static async Task<Results<Ok<SiteList>, ProblemHttpResult>> List(
        [FromServices] ISiteQueries sites, [Description("provider: a line for each provider instead of each site")] string? groupBy,
        [Description("`next` of the page before, with the same groupBy")] string? cursor, [Description("The most lines, 1 to 1000; 100 where nothing is given")] int? limit, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(groupBy) && groupBy != ByProvider)
            return Problems.BadValue("groupBy", groupBy, ByProvider);
        if (limit is < 1 or > MaxLimit)
            return Problems.BadValue("limit", $"{limit}", $"1 to {MaxLimit}");
        QueuePosition after = default;
        if (!string.IsNullOrEmpty(cursor) && !QueueCursor.TryRead(cursor, InOrder, out after))
            return Problems.BadValue("cursor", cursor, "`next` of a page of this list");
        SiteOverview overview = await sites.ListAsync(cancel);
        List<SiteLine> all = [.. (groupBy == ByProvider ? Grouped(overview) : overview.Sites.Select(SiteLine.Of)).OrderBy(PositionOf, Comparer)];
        List<SiteLine> page = [.. all.Where(s => string.IsNullOrEmpty(cursor) || Comparer.Compare(PositionOf(s), after) > 0).Take((limit ?? DefaultLimit) + 1)];
        bool hasMore = page.Count > (limit ?? DefaultLimit);
        if (hasMore)
            page.RemoveAt(page.Count - 1);
        return TypedResults.Ok(new SiteList(
            page, hasMore ? QueueCursor.Write(InOrder, PositionOf(page[^1])) : null, all.Count, QueueSums.Of(overview.Totals), QueueSums.Of(overview.Unlisted),
            overview.SilentPartitions, overview.SilentNodes));
    }

    private static QueuePosition PositionOf(SiteLine line) => new(line.Depth, new QueueKey(line.Site.Length > 0 ? line.Site : line.Provider));

    private static IEnumerable<SiteLine> Grouped(SiteOverview overview) => overview.Sites.GroupBy(s => ProviderName.Of(s.Mail.Site), StringComparer.Ordinal).Select(provider =>
        SiteLine.Of(
            "", provider.Key, provider.Count(), provider.Aggregate(QueueTotals.None, (sum, s) => sum + s.Mail.Totals), provider.Sum(s => s.Connections),
            provider.Sum(s => s.Mail.Suspended), provider.Where(s => s.Mail.LastReply.Length > 0).MaxBy(s => s.Mail.Totals.Depth)?.Mail.LastReply ?? ""));
}

/// <summary>Sites, or providers.</summary>
/// <param name="Items">The lines of this page, deepest first.</param>
/// <param name="Next">The `cursor` of the next page; null on the last.</param>
/// <param name="Count">How many lines there are on all pages.</param>
/// <param name="Totals">Totals over all queues.</param>
/// <param name="Unlisted">What stands in no line: a partition tells the thousand sites with most mail, and the rest in one sum.</param>
/// <param name="SilentPartitions">Partitions that did not answer: their mail is not counted.</param>
/// <param name="SilentNodes">Nodes that did not answer: their connections are not counted.</param>
internal sealed record SiteList(
    IReadOnlyList<SiteLine> Items, string? Next, int Count, QueueSums Totals, QueueSums Unlisted, IReadOnlyList<int> SilentPartitions, IReadOnlyList<string> SilentNodes);

/// <summary>One site, or one provider.</summary>
/// <param name="Site">The site's name; empty for a provider, and for queues of which no site is known yet.</param>
/// <param name="Provider">The registered part of the name of its first host; empty where no site is known.</param>
/// <param name="Sites">How many sites these are.</param>
/// <param name="Queues">Domain queues that hold mail.</param>
/// <param name="Depth">Refs in all.</param>
/// <param name="Due">Refs that wait for a connection.</param>
/// <param name="Deferred">Refs that wait for their next time.</param>
/// <param name="InFlight">Refs with a connection, or being recorded.</param>
/// <param name="RateIn">Refs that come, a second over about the last minute.</param>
/// <param name="RateOut">Refs that leave, delivered or given up, a second over about the last minute.</param>
/// <param name="Connections">Connections of the whole cluster, open or on their way.</param>
/// <param name="Suspended">How many of the queues are suspended.</param>
/// <param name="LastReply">The last reply that deferred mail in one of the deepest queues.</param>
internal sealed record SiteLine(
    string Site, string Provider, int Sites, int Queues, long Depth, long Due, long Deferred, long InFlight, double RateIn, double RateOut, int Connections, int Suspended, string LastReply)
{
    /// <summary>The line of a site.</summary>
    public static SiteLine Of(SiteStatus status) => Of(
        status.Mail.Site, ProviderName.Of(status.Mail.Site), 1, status.Mail.Totals, status.Connections, status.Mail.Suspended, status.Mail.LastReply);

    /// <summary>The line of some sites.</summary>
    public static SiteLine Of(string site, string provider, int sites, QueueTotals totals, int connections, int suspended, string lastReply) => new(
        site, provider, sites, totals.Queues, totals.Depth, totals.Ready, totals.Deferred, totals.InFlight, Math.Round(totals.RateIn, 2), Math.Round(totals.RateOut, 2), connections, suspended,
        lastReply);
}
