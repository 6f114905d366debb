using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Cluster;
using Mta.Cluster.Nodes;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;

namespace Mta.Node.Management;

/// <summary><c>/cluster/members</c> and <c>/cluster/shards</c>, by the paths and in the shape that Akka.Management gives them.</summary>
internal static class ClusterEndpoints
{
    private const string Leave = "leave";
    private const string Down = "down";

    /// <summary>Maps the paths.</summary>
    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder cluster = routes.MapGroup("/cluster").WithTags("Cluster");
        cluster.MapGet("/members", Members).WithName("listMembers").WithSummary("The members of the cluster, as this node sees them").ForViewers();
        cluster.MapPut("/members/{node}", Change).WithName("changeMember")
            .WithSummary("Lets a member leave, which hands over what it owns and ends; or declares a member down that is dead")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ForOperators().Audited("member.change");
        cluster.MapGet("/shards/{region}", Shards).WithName("listShards").WithSummary("Where the shards of a region are: partitions, or sites")
            .ProducesProblem(StatusCodes.Status404NotFound).ForViewers();
    }

    private static Ok<ClusterMembers> Members(IClusterView cluster) => TypedResults.Ok(cluster.Current);

    private static async Task<Results<Ok<MemberChanged>, ProblemHttpResult>> Change(
        [FromServices] IClusterControl cluster, [Description("Host and port, or the host name where no other member has the same")] string node, MemberChange change,
        CancellationToken cancel)
    {
        string? address;
        switch (change.Operation)
        {
            case Leave:
                address = await cluster.LeaveAsync(node, cancel);
                break;
            case Down:
                address = await cluster.DownAsync(node, cancel);
                break;
            default:
                return Problems.BadValue("operation", change.Operation ?? "", $"{Leave} or {Down}");
        }
        return address is null ? Problems.NotFound($"{node} is no member, or two have this name") : TypedResults.Ok(new MemberChanged(address, change.Operation));
    }

    private static async Task<Results<Ok<ShardMap>, ProblemHttpResult>> Shards(
        [FromServices] IClusterControl cluster, [Description("partitions or sites")] string region, CancellationToken cancel) =>
        await cluster.ShardsAsync(region, cancel) is { } shards ? TypedResults.Ok(shards) : Problems.NotFound($"there is no region {region}; there are partitions and sites");
}

/// <summary>What is to become of a member.</summary>
/// <param name="Operation">leave or down.</param>
internal sealed record MemberChange(string? Operation) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => Operation ?? "";
}

/// <summary>What was ordered.</summary>
/// <param name="Node">The member's address.</param>
/// <param name="Operation">leave or down.</param>
internal sealed record MemberChanged(string Node, string Operation) : IAudited
{
    /// <inheritdoc/>
    string IAudited.Audit => $"ordered for {Node}";
}
