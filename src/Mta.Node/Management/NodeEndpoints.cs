using System.Collections.Immutable;
using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster.Nodes;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/nodes</c>: how the nodes are, and their drain.</summary>
internal static class NodeEndpoints
{
    private const string NodeName = "Host and port, or the host name where no other node has the same";

    /// <summary>Maps the paths.</summary>
    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder nodes = routes.MapGroup("/api/v1/nodes").WithTags("Nodes");
        nodes.MapGet("", List).WithName("listNodes").WithSummary("All nodes with what they tell of themselves").ForViewers();
        nodes.MapPost("/{node}/drain", Drain).WithName("drainNode")
            .WithSummary("Drains a node: no new mail, no new connections; it stays a member and goes on with what it owns")
            .ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("node.drain");
        nodes.MapDelete("/{node}/drain", Undrain).WithName("undrainNode").WithSummary("Lets a node that drains take mail again")
            .ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("node.undrain");
    }

    private static async Task<Ok<NodeList>> List([FromServices] IClusterControl cluster, CancellationToken cancel) =>
        TypedResults.Ok(new NodeList(await cluster.NodesAsync(cancel)));

    private static Task<Results<Ok<NodeDrained>, ProblemHttpResult>> Drain(
        [FromServices] IClusterControl cluster, [Description(NodeName)] string node, CancellationToken cancel) => OrderAsync(cluster, node, true, cancel);

    private static Task<Results<Ok<NodeDrained>, ProblemHttpResult>> Undrain(
        [FromServices] IClusterControl cluster, [Description(NodeName)] string node, CancellationToken cancel) => OrderAsync(cluster, node, false, cancel);

    private static async Task<Results<Ok<NodeDrained>, ProblemHttpResult>> OrderAsync(IClusterControl cluster, string node, bool drains, CancellationToken cancel)
    {
        NodeStatus? status = await cluster.DrainAsync(node, drains, cancel);
        return status switch
        {
            null => Problems.NotFound($"there is no node {node}, or two have this name"),
            { Report: null } => Problems.Unavailable($"{status.Node} does not answer"),
            { Report: { } report } => TypedResults.Ok(new NodeDrained(status.Node, report.Drain, report.Sessions, report.Connections)),
        };
    }
}

/// <summary>All nodes.</summary>
/// <param name="Items">The nodes by name.</param>
internal sealed record NodeList(ImmutableArray<NodeStatus> Items);

/// <summary>How a node's drain stands.</summary>
/// <param name="Node">The node, as host and port.</param>
/// <param name="Drain">none, draining, or drained: neither session nor connection is left.</param>
/// <param name="Sessions">SMTP sessions that are open.</param>
/// <param name="Connections">Outgoing connections that have a slot.</param>
internal sealed record NodeDrained(string Node, string Drain, int Sessions, int Connections) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => $"{Node}: {Drain}";
}
