using Mta.Cluster;

namespace Mta.Node.Management;

/// <summary><c>/alive</c>: the process answers. <c>/ready</c>: it may be given traffic.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps the paths.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/alive", () => TypedResults.Json(new Alive(NodeHost.Version), ManagementJson.Default.Alive));
        routes.MapGet("/ready", (IEnumerable<IReadiness> components) =>
        {
            NotReady[] waiting = [.. components.Select(c => new NotReady(c.Component, c.NotReadyBecause ?? "")).Where(c => c.Because.Length > 0)];
            return TypedResults.Json(
                new Ready(waiting.Length == 0, waiting), ManagementJson.Default.Ready,
                statusCode: waiting.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
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
