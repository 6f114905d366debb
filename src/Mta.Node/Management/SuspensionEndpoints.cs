using System.Collections.Immutable;
using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/suspensions</c>: destinations whose mail is taken and kept, in the whole cluster.</summary>
internal static class SuspensionEndpoints
{
    private const int LongestReason = 500;

    /// <summary>Maps the paths.</summary>
    public static void MapSuspensions(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder suspensions = routes.MapGroup("/api/v1/suspensions").WithTags("Suspensions");
        suspensions.MapGet("", List).WithName("listSuspensions").WithSummary("The suspensions that stand")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();
        suspensions.MapPost("", Suspend).WithName("suspend")
            .WithSummary("Suspends domains or a site: mail for them is taken and kept, and not offered for delivery; what is in flight ends. Takes the place of an earlier suspension of the same")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ForOperators().Audited("queue.suspend");
        suspensions.MapDelete("/{id}", Resume).WithName("resume").WithSummary("Ends a suspension: what waited is delivered")
            .ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("queue.resume");
    }

    private static async Task<Results<Ok<SuspensionList>, ProblemHttpResult>> List([FromServices] ISuspensions suspensions, CancellationToken cancel)
    {
        try
        {
            return TypedResults.Ok(SuspensionList.Of(await suspensions.ListAsync(cancel)));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static async Task<Results<Ok<SuspensionTaken>, ProblemHttpResult>> Suspend(
        [FromServices] ISuspensions suspensions, [FromServices] IMessageSearch search, [FromServices] ISiteQueries sites, [FromServices] TimeProvider clock, HttpContext http,
        SuspensionOrder order, CancellationToken cancel)
    {
        if (!order.TryReadScope(out SuspensionScope scope, out ProblemHttpResult? problem) || !TimeLimit.TryRead(order.For, null, clock.GetUtcNow(), out DateTimeOffset? until, out problem))
            return problem!;
        if (!OrderReason.TryRead(order.Reason, out string reason, out problem, LongestReason))
            return problem!;
        string by = http.User.Identity?.Name ?? "";
        if (order.DryRun == true)
            return TypedResults.Ok(SuspensionTaken.Counted(new Suspension("", scope, clock.GetUtcNow(), until, by, reason), await CountAsync(scope, search, sites, cancel)));
        try
        {
            SuspensionOrdered? ordered = await suspensions.SuspendAsync(scope, until, by, reason, cancel);
            return ordered is null
                ? Problems.Conflict($"there are {SuspensionSet.MaxItems} suspensions already; end one, or use a pattern")
                : TypedResults.Ok(new SuspensionTaken(SuspensionLine.Of(ordered.Suspension), ordered.Pending));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; whether it has taken the order is not known, and it may be given again");
        }
    }

    // Which site serves a queue only the queue knows.
    private static async Task<DryRunCount> CountAsync(SuspensionScope scope, IMessageSearch search, ISiteQueries sites, CancellationToken cancel)
    {
        if (scope.Kind == SuspensionKind.Domain)
            return DryRunCount.Of(await search.CountAsync(MessageFilter.All with { Domains = scope.Name }, null, cancel));
        SiteOverview overview = await sites.ListAsync(cancel);
        QueueTotals meant = overview.Sites.Where(s => scope.Covers("", s.Mail.Site)).Aggregate(QueueTotals.None, (sum, s) => sum + s.Mail.Totals);
        return new DryRunCount(meant.Depth, meant.Queues, overview.SilentPartitions);
    }

    private static async Task<Results<Ok<SuspensionList>, ProblemHttpResult>> Resume(
        [FromServices] ISuspensions suspensions, [Description("The suspension's id, as the list has it")] string id, CancellationToken cancel)
    {
        try
        {
            SuspensionsHeld? held = await suspensions.ResumeAsync(id, cancel);
            return held is null ? Problems.NotFound($"there is no suspension {id}") : TypedResults.Ok(SuspensionList.Of(held));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; whether it has taken the order is not known, and it may be given again");
        }
    }
}

/// <summary>What is to be suspended: domains or a site.</summary>
/// <param name="Domain">A domain, an address literal, *.domain for all below it, or * for all; null for a site.</param>
/// <param name="Site">A site, as the queues have it; null for domains.</param>
/// <param name="For">For how long, as in 90m or 2d; null until it is resumed.</param>
/// <param name="Reason">Why, for others to read.</param>
/// <param name="DryRun">Does nothing, and tells how much mail it would hold now.</param>
internal sealed record SuspensionOrder(string? Domain, string? Site, string? For, string? Reason, bool? DryRun) : IAudited
{
    private const int LongestSite = 200;

    /// <inheritdoc/>
    string IAudited.Audit => string.Join(' ', new[] { ("domain", Domain), ("site", Site), ("for", For), ("reason", Reason), ("dryRun", DryRun == true ? "true" : null) }.Where(p => p.Item2 is not null).Select(p => $"{p.Item1}={p.Item2}"));

    /// <summary>What is named; else the problem.</summary>
    public bool TryReadScope(out SuspensionScope scope, out ProblemHttpResult? problem)
    {
        scope = default;
        problem = null;
        if (string.IsNullOrEmpty(Domain) == string.IsNullOrEmpty(Site))
            problem = Problems.BadValue("domain", Domain ?? "", "either domain or site");
        else if (Site?.Length > LongestSite)
            problem = Problems.BadValue("site", Site, $"at most {LongestSite} characters");
        else if (!string.IsNullOrEmpty(Site))
            scope = new SuspensionScope(SuspensionKind.Site, Site);
        else if (DomainScope.TryRead(Domain!, out string pattern))
            scope = new SuspensionScope(SuspensionKind.Domain, pattern);
        else
            problem = Problems.BadValue("domain", Domain!, DomainScope.Expected);
        return problem is null;
    }
}

/// <summary>A suspension that was taken.</summary>
/// <param name="Suspension">The suspension.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep it; they are told until they do.</param>
internal sealed record SuspensionTaken(SuspensionLine Suspension, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <summary>What would be held, where nothing was ordered; else null.</summary>
    public DryRunCount? DryRun { get; init; }

    /// <summary>What a suspension would hold.</summary>
    public static SuspensionTaken Counted(Suspension suspension, DryRunCount count) => new(SuspensionLine.Of(suspension), []) { DryRun = count };

    /// <inheritdoc/>
    string IAudited.Audit => DryRun is not null ? $"dry run: {DryRun.Refs} refs" : $"{Suspension.Id}: {OrderKept.Of(PendingPartitions)}";
}

/// <summary>The suspensions that stand.</summary>
/// <param name="Items">The suspensions, oldest first.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep these; they are told until they do.</param>
internal sealed record SuspensionList(IReadOnlyList<SuspensionLine> Items, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => OrderKept.Of(PendingPartitions);

    /// <summary>The list of those that are held.</summary>
    public static SuspensionList Of(SuspensionsHeld held) => new([.. held.Items.Select(SuspensionLine.Of)], held.Pending);
}

/// <summary>One suspension.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">domain or site.</param>
/// <param name="Name">The domain pattern, or the site.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why.</param>
internal sealed record SuspensionLine(string Id, string Kind, string Name, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>The line of a suspension.</summary>
    public static SuspensionLine Of(Suspension suspension) => new(
        suspension.Id, suspension.Scope.Kind == SuspensionKind.Site ? "site" : "domain", suspension.Scope.Name, suspension.Since, suspension.Until, suspension.By, suspension.Reason);
}
