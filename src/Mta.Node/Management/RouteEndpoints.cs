using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Operations;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/routes</c>: ways that stand for domains, whatever configuration and DNS say.</summary>
internal static class RouteEndpoints
{
    private const string Again = "whether it has taken the order is not known; /api/v1/routes says";

    /// <summary>Maps the paths.</summary>
    public static void MapRoutes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/api/v1/routes").WithTags("Routes");
        group.MapGet("", List).WithName("listRoutes").WithSummary("The standing routes; those of the configuration are not among them").ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();
        group.MapPost("", Order).WithName("orderRoute")
            .WithSummary("Sends mail for domains another way, in the whole cluster, what is queued and what comes later; the most specific pattern decides. Takes the place of an earlier route for the same pattern. What waits for its time is sent that way then")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ForOperators().Audited("route.order");
        group.MapDelete("/{id}", End).WithName("endRoute").WithSummary("Ends a standing route: configuration and DNS decide again")
            .ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("route.end");
    }

    private static async Task<Results<Ok<RouteList>, ProblemHttpResult>> List([FromServices] IStandingRules rules, CancellationToken cancel)
    {
        try
        {
            return TypedResults.Ok(RouteList.Of(await rules.ListAsync(cancel)));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static async Task<Results<Ok<RouteTaken>, ProblemHttpResult>> Order(
        [FromServices] IStandingRules rules, [FromServices] IMessageSearch search, [FromServices] RouteTargets targets, [FromServices] TimeProvider clock, HttpContext http, RouteOrder order,
        CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!DomainScope.TryRead(order.Domain ?? "", out string domains))
            return Problems.BadValue("domain", order.Domain ?? "", DomainScope.Expected);
        if (!targets.TryRead(order.Via ?? "", out string via))
            return Problems.BadValue("via", order.Via ?? "", RouteTargets.Expected);
        if (!TimeLimit.TryRead(order.For, order.Until, now, out DateTimeOffset? until, out ProblemHttpResult? problem))
            return problem!;
        if (!OrderReason.TryRead(order.Reason, out string reason, out problem))
            return problem!;
        string by = http.User.Identity?.Name ?? "";
        try
        {
            if (order.DryRun == true)
                return TypedResults.Ok(RouteTaken.Counted(
                    new RouteRule("", domains, via, now, until, by, reason), DryRunCount.Of(await search.CountAsync(MessageFilter.All with { Domains = domains }, null, cancel))));
            RouteOrdered? ordered = await rules.RouteAsync(domains, via, until, by, reason, cancel);
            return ordered is null
                ? Problems.Conflict($"there are {RuleSet.MaxRoutes} standing routes already; end one, or use a pattern")
                : TypedResults.Ok(new RouteTaken(RouteLine.Of(ordered.Rule), ordered.Pending));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; {Again}");
        }
    }

    private static async Task<Results<Ok<RouteList>, ProblemHttpResult>> End(
        [FromServices] IStandingRules rules, [Description("The route's id, as the list has it")] string id, CancellationToken cancel)
    {
        try
        {
            return await rules.EndRouteAsync(id, cancel) is { } held ? TypedResults.Ok(RouteList.Of(held)) : Problems.NotFound($"there is no standing route {id}");
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; {Again}");
        }
    }
}

/// <summary>Which way mail is to go.</summary>
/// <param name="Domain">A domain, an address literal, *.domain for all below it, or * for all.</param>
/// <param name="Via">A host with an optional port, mx, or route: and the first pattern of a configured route.</param>
/// <param name="For">For how long, as in 90m or 2d; null until it is ended.</param>
/// <param name="Until">Until when, instead.</param>
/// <param name="Reason">Why, for others to read.</param>
/// <param name="DryRun">Does nothing, and tells how much mail it would concern now.</param>
internal sealed record RouteOrder(string? Domain, string? Via, string? For, DateTimeOffset? Until, string? Reason, bool? DryRun) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => string.Join(' ', new (string Name, string? Value)[]
    {
        ("domain", Domain), ("via", Via), ("for", For), ("until", Until?.ToString("O", CultureInfo.InvariantCulture)), ("reason", Reason), ("dryRun", DryRun == true ? "true" : null),
    }.Where(p => p.Value is not null).Select(p => $"{p.Name}={p.Value}"));
}

/// <summary>A standing route that was taken.</summary>
/// <param name="Route">The route.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep it; they are told until they do.</param>
internal sealed record RouteTaken(RouteLine Route, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <summary>What would go that way, where nothing was ordered; else null.</summary>
    public DryRunCount? DryRun { get; init; }

    /// <inheritdoc/>
    string IAudited.Audit => DryRun is not null ? $"dry run: {DryRun.Refs} refs" : $"{Route.Id}: {OrderKept.Of(PendingPartitions)}";

    /// <summary>What a route would concern.</summary>
    public static RouteTaken Counted(RouteRule rule, DryRunCount count) => new(RouteLine.Of(rule), []) { DryRun = count };
}

/// <summary>The standing routes.</summary>
/// <param name="Items">The routes, oldest first.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep these; they are told until they do.</param>
internal sealed record RouteList(IReadOnlyList<RouteLine> Items, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => OrderKept.Of(PendingPartitions);

    /// <summary>The list of those that stand.</summary>
    public static RouteList Of(RulesHeld held) => new([.. held.Set.Routes.Select(RouteLine.Of)], held.Pending);
}

/// <summary>One standing route.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Domain">The domains.</param>
/// <param name="Via">The way.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why.</param>
internal sealed record RouteLine(string Id, string Domain, string Via, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>The line of a route.</summary>
    public static RouteLine Of(RouteRule rule) => new(rule.Id, rule.Domains, rule.Via, rule.Since, rule.Until, rule.By, rule.Reason);
}
