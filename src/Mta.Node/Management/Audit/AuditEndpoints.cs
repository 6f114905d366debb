using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Audit;
using Mta.Node.Management.Access;

namespace Mta.Node.Management.Audit;

/// <summary><c>/api/v1/audit</c>: what operators did.</summary>
internal static class AuditEndpoints
{
    /// <summary>Maps the path.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1/audit").WithTags("Audit")
        .MapGet("", List).WithName("listAudit").WithSummary("What operators did in the whole cluster, latest first")
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable).ForViewers();

    private static async Task<Results<Ok<AuditPage>, ProblemHttpResult>> List(
        [FromServices] IAuditLog audit,
        [Description("`next` of the page before")] string? cursor,
        [Description("The most records, 1 to 1000; 100 where it is absent")] int? limit,
        [Description("Only what this person did")] string? who,
        [Description("Only this action, as in node.drain")] string? action,
        CancellationToken cancel)
    {
        if (!Paging.TryRead(cursor, limit, out Paging page, out ProblemHttpResult? problem))
            return problem;
        try
        {
            IReadOnlyList<AuditEntry> found = await audit.ListAsync(page.Before, page.Limit + 1, who ?? "", action ?? "", cancel);
            return TypedResults.Ok(new AuditPage(
                [.. found.Take(page.Limit).Select(AuditLine.Of)],
                found.Count > page.Limit ? found[page.Limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
        }
        catch (AuditUnavailableException e)
        {
            return Problems.Unavailable(e.Message);
        }
    }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Items">The records, latest first.</param>
/// <param name="Next">The cursor of the next page; absent on the last.</param>
internal sealed record AuditPage(IReadOnlyList<AuditLine> Items, string? Next);

/// <summary>A record of the audit log.</summary>
/// <param name="Id">Its number, which rises.</param>
/// <param name="At">When the action began.</param>
/// <param name="Who">Who, by the name of token or certificate.</param>
/// <param name="Origin">From which address.</param>
/// <param name="Node">The host name of the node that was asked.</param>
/// <param name="Action">What, as in node.drain.</param>
/// <param name="Target">To what.</param>
/// <param name="Detail">With which parameters.</param>
/// <param name="EndedAt">When it ended; absent where it has not, or its node died meanwhile.</param>
/// <param name="Outcome">How it ended.</param>
internal sealed record AuditLine(
    long Id, DateTimeOffset At, string Who, string Origin, string Node, string Action, string Target, string Detail, DateTimeOffset? EndedAt, string Outcome)
{
    /// <summary>The line of a record.</summary>
    public static AuditLine Of(AuditEntry entry) => new(
        entry.Id, entry.Action.At, entry.Action.Who, entry.Action.Origin, entry.Action.Node, entry.Action.Action, entry.Action.Target, entry.Action.Detail, entry.EndedAt,
        entry.Outcome);
}
