using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Cluster;
using Mta.Node.Management.Access;

namespace Mta.Node.Management;

/// <summary><c>/alive</c>: the process answers. <c>/ready</c>: it may be given traffic.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the paths.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("").WithTags("Health");
        health.MapGet("/alive", IsAlive).WithName("alive").WithSummary("Whether the process answers").ForAnyone();
        health.MapGet("/ready", IsReady).WithName("ready").WithSummary("Whether the node may be given traffic; 503 with what is waiting where it may not")
            .Produces<Ready>(StatusCodes.Status503ServiceUnavailable).ForAnyone();
    }

    private static Ok<Alive> IsAlive() => TypedResults.Ok(new Alive(NodeHost.Version));

    private static Results<Ok<Ready>, JsonHttpResult<Ready>> IsReady(IEnumerable<IReadiness> components)
    {
        NotReady[] waiting = [.. components.Select(c => new NotReady(c.Component, c.NotReadyBecause ?? "")).Where(c => c.Because.Length > 0)];
        return waiting.Length == 0
            ? TypedResults.Ok(new Ready(true, waiting))
            : TypedResults.Json(new Ready(false, waiting), ManagementJson.Default.Ready, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>The answer of <c>/alive</c>.</summary>
/// <param name="Version">The program's version.</param>
internal sealed record Alive(string Version);

/// <summary>The answer of <c>/ready</c>.</summary>
/// <param name="IsReady">Whether the node may be given traffic.</param>
/// <param name="Waiting">The components that are not ready.</param>
internal sealed record Ready(bool IsReady, IReadOnlyList<NotReady> Waiting);

/// <summary>A component that is not ready.</summary>
/// <param name="Component">Its name.</param>
/// <param name="Because">Why.</param>
internal sealed record NotReady(string Component, string Because);
