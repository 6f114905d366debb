using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mta.Node.Management;
using Mta.Node.Management.Access;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>Every route asks for a role, and gets it: walked by the routes themselves and by the OpenAPI document, so that a new route without a role fails here.</summary>
public sealed class RouteRoleTests : IDisposable
{
    private static readonly string[] Open = ["/alive", "/ready", "/openapi", "/openapi/reference.js", "/openapi/reference.css", "/openapi/{documentName}.json", "/api/v1/me"];
    // The dashboard's pages and files.
    private static readonly string[] Files =
    [
        "/", "/queues/{**page}", "/messages/{**page}", "/sites", "/suspensions", "/jobs", "/audit", "/sign-in", "/_framework/{**file}", "/_content/{**file}", "/dashboard/{**file}",
    ];

    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];
    private readonly Workspace _workspace = new("roles");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Every_route_names_its_role_and_only_known_ones_are_open()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        RouteEndpoint[] routes = [.. node.Node.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        Assert.NotEmpty(routes);
        Assert.All(routes, route => Assert.True(route.Metadata.GetMetadata<RequiredRole>() is not null, $"{route.RoutePattern.RawText} names no role"));
        Assert.Equal(
            Open.Concat(Files).Order(StringComparer.Ordinal),
            routes.Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(r => r.RoutePattern.RawText!).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_token_401_and_a_viewer_gets_403_for_whatever_an_operator_may()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        List<(HttpMethod Method, string Path, string Role)> operations = [.. await OperationsAsync(node)];
        Assert.Contains(operations, o => o.Role == AccessPolicy.Viewer);
        foreach ((HttpMethod method, string path, string role) in operations)
        {
            Assert.Contains(role, new[] { "anyone", AccessPolicy.Viewer, AccessPolicy.Operator });
            // Whoever may only look changes nothing.
            Assert.True(method == HttpMethod.Get || role == AccessPolicy.Operator, $"{method} {path} is for {role}");
            if (role == "anyone")
                continue;
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, method, path, null));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node, method, path, "mta_not-one-of-those-that-are-configured"));
            if (role == AccessPolicy.Operator)
                Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(node, method, path, ManagedNode.ViewerToken));
        }
    }

    [Fact]
    public async Task The_document_tells_every_operation_apart_and_what_it_answers()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement document = await node.LookAsync("/openapi/v1.json");
        HashSet<string> names = [];
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject().Where(m => Methods.Contains(m.Name)))
            {
                Assert.True(names.Add(operation.Value.GetProperty("operationId").GetString()!), path.Name);
                Assert.False(string.IsNullOrEmpty(operation.Value.GetProperty("summary").GetString()), path.Name);
                Assert.NotEqual("Mta.Node", operation.Value.GetProperty("tags")[0].GetString());
                Assert.Contains(operation.Value.GetProperty("responses").EnumerateObject(), answer => answer.Name.StartsWith('2'));
            }
        }
    }

    [Fact]
    public async Task Every_answer_and_body_is_written_and_read_by_generated_code()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        RouteEndpoint[] routes = [.. node.Node.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];
        IEnumerable<Type> types = routes.SelectMany(r => r.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Select(m => m.Type).Concat(r.Metadata.GetOrderedMetadata<IAcceptsMetadata>().Select(m => m.RequestType)))
            .OfType<Type>().Where(t => t.Assembly == typeof(NodeHost).Assembly || t.Namespace!.StartsWith("Mta.", StringComparison.Ordinal)).Distinct();
        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.NotNull(ManagementJson.Default.GetTypeInfo(type)));
    }

    [Fact]
    public async Task The_reference_page_asks_no_other_host()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        foreach (string path in new[] { "/openapi", "/openapi/reference.js", "/openapi/reference.css" })
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, path, null);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.StartsWith("default-src 'none';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotContain("//", (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace("// Shows", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private static async Task<IEnumerable<(HttpMethod Method, string Path, string Role)>> OperationsAsync(ManagedNode node)
    {
        JsonElement document = await node.LookAsync("/openapi/v1.json");
        return document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Where(m => Methods.Contains(m.Name)).Select(operation =>
            (new HttpMethod(operation.Name.ToUpperInvariant()), path.Name.Replace('{', 'x').Replace('}', 'x'), operation.Value.GetProperty("x-mta-role").GetString()!)));
    }

    private static async Task<HttpStatusCode> StatusAsync(ManagedNode node, HttpMethod method, string path, string? token)
    {
        using HttpResponseMessage answer = await node.SendAsync(method, path, token, method == HttpMethod.Get ? null : new { });
        return answer.StatusCode;
    }
}
