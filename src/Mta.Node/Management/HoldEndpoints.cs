using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Contracts;
using Mta.Cluster.Operations;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Queueing.Operations;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/holds</c>: holds that stand, for mail that is queued and mail that comes later.</summary>
internal static class HoldEndpoints
{
    private const string Again = "whether it has taken the order is not known; /api/v1/holds says";

    /// <summary>Maps the paths.</summary>
    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder holds = routes.MapGroup("/api/v1/holds").WithTags("Holds");
        holds.MapGet("", List).WithName("listHolds").WithSummary("The holds that stand").ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();
        holds.MapPost("", Order).WithName("orderHold")
            .WithSummary("Holds mail that a filter means, in the whole cluster, what is queued and what comes later: it is neither attempted nor given up until the hold ends. The job of the same id tells how much was queued already")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ForOperators().Audited("hold.order");
        holds.MapDelete("/{id}", End).WithName("endHold").WithSummary("Ends a hold: what it held is released, unless another one holds it too; a job tells how much that is")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ForOperators().Audited("hold.end");
    }

    private static async Task<Results<Ok<HoldList>, ProblemHttpResult>> List([FromServices] IStandingRules rules, CancellationToken cancel)
    {
        try
        {
            RulesHeld held = await rules.ListAsync(cancel);
            return TypedResults.Ok(new HoldList([.. held.Set.Holds.Select(HoldLine.Of)], held.Pending));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }

    private static async Task<Results<Ok<HoldTaken>, ProblemHttpResult>> Order(
        [FromServices] IStandingRules rules, [FromServices] IMessageSearch search, [FromServices] TimeProvider clock, HttpContext http, HoldOrder order, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!order.TryRead(now, out MessageFilter filter, out ProblemHttpResult? problem) || !TimeLimit.TryRead(order.For, order.Until, now, out DateTimeOffset? until, out problem))
            return problem!;
        if (!OrderReason.TryRead(order.Reason, out string reason, out problem))
            return problem!;
        string by = http.User.Identity?.Name ?? "";
        try
        {
            if (order.DryRun == true)
                return TypedResults.Ok(HoldTaken.Counted(new HoldRule("", filter, now, until, by, reason), DryRunCount.Of(await search.CountAsync(filter, HoldOrder.Draft(filter, now, by), cancel))));
            HoldOrdered? ordered = await rules.HoldAsync(filter, until, by, reason, cancel);
            return ordered is null
                ? Problems.Conflict($"{RuleSet.MaxHolds} holds stand, or {LedgerState.MaxRunning} jobs are running; end one, or wait")
                : TypedResults.Ok(new HoldTaken(HoldLine.Of(ordered.Rule), ordered.Pending));
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; {Again}");
        }
    }

    private static async Task<Results<Ok<HoldReleased>, ProblemHttpResult>> End(
        [FromServices] IStandingRules rules, HttpContext http, [Description("The hold's id, as the list has it")] string id, CancellationToken cancel)
    {
        try
        {
            HoldEnded ended = await rules.EndHoldAsync(id, http.User.Identity?.Name ?? "", cancel);
            return ended.Outcome switch
            {
                OrderOutcome.Done => TypedResults.Ok(new HoldReleased([.. ended.Held.Set.Holds.Select(HoldLine.Of)], ended.Job, ended.Held.Pending)),
                OrderOutcome.TooMany => Problems.Conflict($"{LedgerState.MaxRunning} jobs are running; wait until one has ended"),
                _ => Problems.NotFound($"there is no hold {id}"),
            };
        }
        catch (OrderUnansweredException e)
        {
            return Problems.Unavailable($"{e.Message}; {Again}");
        }
    }
}

/// <summary>What is to be held.</summary>
/// <param name="Filter">Which mail: by domain, sender, recipient, tenant, campaign and Message-ID, which are known when it comes.</param>
/// <param name="For">For how long, as in 90m or 2d; null until it is ended.</param>
/// <param name="Until">Until when, instead.</param>
/// <param name="Reason">Why, for others to read.</param>
/// <param name="DryRun">Does nothing, and tells how much mail it would hold now.</param>
internal sealed record HoldOrder(FilterOrder? Filter, string? For, DateTimeOffset? Until, string? Reason, bool? DryRun) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => string.Join(' ', new[]
    {
        Filter?.ToString(), For is null ? null : $"for={For}", Until is null ? null : string.Create(CultureInfo.InvariantCulture, $"until={Until:O}"), Reason is null ? null : $"reason={Reason}",
        DryRun == true ? "dryRun" : null,
    }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>The job that would hold what is queued and not held yet.</summary>
    public static MessageJob Draft(MessageFilter filter, DateTimeOffset now, string by) => new("", JobAction.Hold, filter with { Hold = "" }, "", now, by);

    /// <summary>The filter; else the problem.</summary>
    public bool TryRead(DateTimeOffset now, out MessageFilter filter, out ProblemHttpResult? problem)
    {
        filter = MessageFilter.All;
        problem = null;
        if (Filter is null)
            problem = Problems.BadValue("filter", "", "at least one condition; domain * is all mail");
        else if (Filter.TryRead(now, out filter, out problem) && !filter.IsOfEnvelope)
            problem = Problems.BadValue("filter", Filter.ToString(), "conditions on domain, sender, recipient, tenant, campaign and messageId alone: mail that comes is judged by its envelope. The job 'hold' takes the others, for what is queued now");
        return problem is null;
    }
}

/// <summary>A hold that was taken.</summary>
/// <param name="Hold">The hold.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep it; they are told until they do.</param>
internal sealed record HoldTaken(HoldLine Hold, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <summary>What would be held, where nothing was ordered; else null.</summary>
    public DryRunCount? DryRun { get; init; }

    /// <inheritdoc/>
    string IAudited.Audit => DryRun is not null ? $"dry run: {DryRun.Refs} refs" : $"{Hold.Id}: {OrderKept.Of(PendingPartitions)}";

    /// <summary>What a hold would hold.</summary>
    public static HoldTaken Counted(HoldRule rule, DryRunCount count) => new(HoldLine.Of(rule), []) { DryRun = count };
}

/// <summary>The holds that stand.</summary>
/// <param name="Items">The holds, oldest first.</param>
/// <param name="PendingPartitions">Partitions that have not said yet that they keep these; they are told until they do.</param>
internal sealed record HoldList(IReadOnlyList<HoldLine> Items, ImmutableArray<int> PendingPartitions);

/// <summary>A hold has ended.</summary>
/// <param name="Items">The holds that stand.</param>
/// <param name="Job">The job that releases what it held.</param>
/// <param name="PendingPartitions">Partitions that have not heard of it yet.</param>
internal sealed record HoldReleased(IReadOnlyList<HoldLine> Items, string Job, ImmutableArray<int> PendingPartitions) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => $"released by job {Job}";
}

/// <summary>One hold.</summary>
/// <param name="Id">Its id, and that of the job that held what was queued already.</param>
/// <param name="Domain">The destinations that are meant.</param>
/// <param name="Sender">The sender that is meant; empty for any.</param>
/// <param name="Recipient">The recipient that is meant; empty for any. A message for several of a domain is held as a whole.</param>
/// <param name="Tenant">Whose mail is meant; empty for anybody's.</param>
/// <param name="Campaign">The mailing that is meant; empty for any.</param>
/// <param name="MessageIdHeader">The Message-ID that is meant; empty for any.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why.</param>
internal sealed record HoldLine(
    string Id, string Domain, string Sender, string Recipient, string Tenant, string Campaign, string MessageIdHeader, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>The line of a hold.</summary>
    public static HoldLine Of(HoldRule rule) => new(
        rule.Id, rule.Filter.Domains, rule.Filter.Sender, rule.Filter.Recipient, rule.Filter.Tenant, rule.Filter.Campaign, rule.Filter.MessageIdHeader, rule.Since, rule.Until, rule.By, rule.Reason);
}
