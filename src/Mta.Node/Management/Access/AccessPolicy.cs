using Microsoft.AspNetCore.Authentication;

namespace Mta.Node.Management.Access;

/// <summary>The role that each route asks for. A route that names none is closed to everybody.</summary>
internal static class AccessPolicy
{
    /// <summary>The policy and role of those who may look.</summary>
    public const string Viewer = "viewer";

    /// <summary>The policy and role of those who may act.</summary>
    public const string Operator = "operator";

    /// <summary>Adds authentication and the policies.</summary>
    public static void AddAccess(this IServiceCollection services, ManagementOptions options)
    {
        services.AddSingleton(new AccessTable(options));
        services.AddAuthentication(AccessHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.SchemeName, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(Viewer, policy => policy.RequireRole(Viewer))
            .AddPolicy(Operator, policy => policy.RequireRole(Operator))
            // A path that is not there is answered by 404; a route without a role by 403, even to operators, so that it is found before it is used.
            .SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder()
                .RequireAssertion(context => (context.Resource as HttpContext)?.GetEndpoint() is null)
                .Build());
    }

    /// <summary>For whoever may look.</summary>
    public static TBuilder ForViewers<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(Viewer).WithMetadata(new RequiredRole(Viewer));

    /// <summary>For whoever may act.</summary>
    public static TBuilder ForOperators<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireAuthorization(Operator).WithMetadata(new RequiredRole(Operator));

    /// <summary>For probes and others that have no token; says nothing that is worth hiding.</summary>
    public static TBuilder ForAnyone<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.AllowAnonymous().WithMetadata(new RequiredRole(null));
}

/// <summary>The role that a route asks for.</summary>
/// <param name="Role">The role; null for anyone.</param>
internal sealed record RequiredRole(string? Role);
