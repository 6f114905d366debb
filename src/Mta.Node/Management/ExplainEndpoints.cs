using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Explaining;
using Mta.Node.Management.Access;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/explain</c>: what would happen to mail.</summary>
internal static class ExplainEndpoints
{
    /// <summary>Maps the path.</summary>
    public static void MapExplain(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/v1/explain").WithTags("Queues")
        .MapGet("", Explain).WithName("explain").WithSummary("What would happen to mail for a recipient, without sending any")
        .ProducesProblem(StatusCodes.Status400BadRequest).ForViewers();

    private static async Task<Results<Ok<Explanation>, ProblemHttpResult>> Explain(
        [FromServices] IExplanations explanations, [Description("An address, or only its domain behind an @")] string recipient, CancellationToken cancel)
    {
        string mailbox = recipient.StartsWith('@') ? $"postmaster{recipient}" : recipient;
        return MailboxSyntax.TryRead(mailbox, out Address address)
            ? TypedResults.Ok(await explanations.ExplainAsync(address, cancel))
            : Problems.BadValue("recipient", recipient, "an address as in anna@example.com");
    }
}
