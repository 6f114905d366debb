using Mta.Cluster;

namespace Mta.Node.Management;

/// <summary><c>/cluster/members</c>, in the shape that Akka.Management gives it.</summary>
internal static class ClusterEndpoints
{
    /// <summary>Maps the path.</summary>
    public static void MapCluster(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/cluster/members", (IClusterView cluster) => TypedResults.Json(cluster.Current, ManagementJson.Default.ClusterMembers));
}
