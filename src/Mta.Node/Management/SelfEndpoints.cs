using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Mta.Node.Management.Access;

namespace Mta.Node.Management;

/// <summary><c>/api/v1/me</c>: who asks, and which node answers.</summary>
internal static class SelfEndpoints
{
    private const string NoRole = "none";

    /// <summary>Maps the path. It is for anyone, so that a program finds out whether it has to log in without being refused; who is unknown is told no more than that.</summary>
    public static void MapSelf(this IEndpointRouteBuilder routes) => routes
        .MapGet("/api/v1/me", Tell).WithTags("Access").WithName("whoAmI").WithSummary("Who asks, with which role, and which node answers; the role is none where a token or certificate is missing or unknown").ForAnyone();

    private static Ok<Self> Tell(ClaimsPrincipal user, [FromServices] NodeOptions node) => TypedResults.Ok(
        user.IsInRole(AccessPolicy.Viewer)
            ? new Self(
                user.Identity?.Name ?? "", user.IsInRole(AccessPolicy.Operator) ? AccessPolicy.Operator : AccessPolicy.Viewer, user.Identity?.AuthenticationType ?? "", node.EffectiveHostName(),
                NodeHost.Version)
            : new Self("", NoRole, "", "", ""));
}

/// <summary>Who asks.</summary>
/// <param name="Name">The name of token or certificate, as the audit log has it.</param>
/// <param name="Role">viewer or operator; none for those who have to log in.</param>
/// <param name="By">token, certificate, or loopback where nobody has to log in.</param>
/// <param name="Node">The host name of the node that answers.</param>
/// <param name="Version">Its version.</param>
internal sealed record Self(string Name, string Role, string By, string Node, string Version);
