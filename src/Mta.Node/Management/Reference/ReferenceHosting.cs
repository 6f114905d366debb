using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Mta.Node.Management.Access;

namespace Mta.Node.Management.Reference;

/// <summary>The reference of the endpoint: the OpenAPI document at <c>/openapi/v1.json</c>, and a page that shows it at <c>/openapi</c>.</summary>
internal static class ReferenceHosting
{
    /// <summary>The extension that holds an operation's role; <c>anyone</c> where it asks for none.</summary>
    public const string RoleExtension = "x-mta-role";

    private const string Document = "v1";
    private const string Bearer = "bearer";
    private const string Certificate = "certificate";
    private const string Resources = "reference/";

    // The page brings all it needs with it, and asks nobody else.
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Adds what writes the document.</summary>
    public static void AddReference(this IServiceCollection services) => services.AddOpenApi(Document, options => options
        .AddDocumentTransformer((document, _, _) => Describe(document))
        .AddOperationTransformer((operation, context, _) => NameRole(operation, context)));

    /// <summary>Maps the document and the page. They say nothing of an installation, and are for anyone.</summary>
    public static void MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi().ForAnyone();
        MapResource(routes, "/openapi", "index.html", "text/html; charset=utf-8");
        MapResource(routes, "/openapi/reference.js", "reference.js", "text/javascript; charset=utf-8");
        MapResource(routes, "/openapi/reference.css", "reference.css", "text/css; charset=utf-8");
    }

    private static void MapResource(IEndpointRouteBuilder routes, string path, string name, string type) => routes.MapGet(path, (HttpContext context) =>
    {
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Stream(typeof(ReferenceHosting).Assembly.GetManifestResourceStream(Resources + name)!, type);
    }).ExcludeFromDescription().ForAnyone();

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Mail transfer agent: management",
            Version = Document,
            Description = "Any node answers for the whole cluster. Errors are problem details (RFC 9457). Times are UTC (RFC 3339). Lists come in pages: `limit` bounds one, and `next` "
                + "is the `cursor` of the following one, absent on the last.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, Description = "A token of `management.tokens` (RFC 6750)." },
            [Certificate] = new OpenApiSecurityScheme { Type = SecuritySchemeType.MutualTLS, Description = "A client certificate with a name of `management.clientCertificates`." },
        };
        return Task.CompletedTask;
    }

    private static Task NameRole(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        RequiredRole? required = context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredRole>().LastOrDefault();
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions[RoleExtension] = new JsonNodeExtension(required is null ? "none" : required.Role ?? "anyone");
        if (required?.Role is null)
            return Task.CompletedTask;
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", new OpenApiResponse { Description = "No token or certificate, or one that is unknown" });
        operation.Responses.TryAdd("403", new OpenApiResponse { Description = $"The role is not {required.Role}" });
        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Certificate, context.Document)] = [] },
        ];
        return Task.CompletedTask;
    }
}
