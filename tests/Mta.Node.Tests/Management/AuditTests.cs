using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Mta.Cluster.Audit;
using Mta.Node.Management.Access;
using Mta.Node.Management.Audit;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>What operators do is on record: who, what, when, and how it ended.</summary>
public sealed class AuditTests : IDisposable
{
    private readonly Workspace _workspace = new("audit");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task Every_route_that_changes_something_is_recorded_each_under_a_name()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        RouteEndpoint[] acting = [.. node.Node.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(r => r.Metadata.GetMetadata<RequiredRole>()?.Role == AccessPolicy.Operator)];
        Assert.NotEmpty(acting);
        Assert.All(acting, route => Assert.True(route.Metadata.GetMetadata<AuditedAction>() is not null, $"{route.RoutePattern.RawText} is not recorded"));
        string[] names = [.. acting.Select(r => r.Metadata.GetMetadata<AuditedAction>()!.Action)];
        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public async Task An_action_is_recorded_with_its_outcome_and_outlives_the_node()
    {
        NodeSettings settings = ManagedNode.WithTokens(new NodeSettings(_workspace));
        await using (ManagedNode first = await ManagedNode.StartAsync(settings))
        {
            await first.ActAsync(HttpMethod.Post, "/api/v1/nodes/node.test/drain");
            using HttpResponseMessage none = await first.SendAsync(HttpMethod.Post, "/api/v1/nodes/nobody.test/drain", ManagedNode.OperatorToken);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
            await first.Node.WaitAsync(() => Task.FromResult(first.Node.Log.Any(line => line.Contains("audit: otto from 127.0.0.1: node.drain node.test", StringComparison.Ordinal))));
            await first.Node.Host.StopAsync(TestContext.Current.CancellationToken);
        }
        await using ManagedNode second = await ManagedNode.StartAsync(settings);
        JsonElement[] records = [.. (await second.LookAsync("/api/v1/audit")).GetProperty("items").EnumerateArray()];
        Assert.Equal(2, records.Length);
        Assert.Equal(("otto", "node.drain", "nobody.test"), (Text(records[0], "who"), Text(records[0], "action"), Text(records[0], "target")));
        Assert.StartsWith("refused, 404", Text(records[0], "outcome"), StringComparison.Ordinal);
        Assert.Equal(("node.test", "127.0.0.1", "node.test"), (Text(records[1], "target"), Text(records[1], "origin"), Text(records[1], "node")));
        Assert.Contains("drain", Text(records[1], "outcome"), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, records[1].GetProperty("at").GetDateTimeOffset().Offset);
        Assert.True(records[1].GetProperty("endedAt").GetDateTimeOffset() >= records[1].GetProperty("at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        for (int i = 0; i < 5; i++)
            await node.ActAsync(i % 2 == 0 ? HttpMethod.Post : HttpMethod.Delete, "/api/v1/nodes/node.test/drain");
        List<string> actions = [];
        string? cursor = "";
        while (cursor is not null)
        {
            JsonElement page = await node.LookAsync($"/api/v1/audit?limit=2&cursor={cursor}");
            actions.AddRange(page.GetProperty("items").EnumerateArray().Select(r => Text(r, "action")));
            cursor = page.GetProperty("next").GetString();
        }
        Assert.Equal(["node.drain", "node.undrain", "node.drain", "node.undrain", "node.drain"], actions);
        Assert.Equal(2, (await node.LookAsync("/api/v1/audit?action=node.undrain&who=otto")).GetProperty("items").GetArrayLength());
        using HttpResponseMessage bad = await node.SendAsync(HttpMethod.Get, "/api/v1/audit?cursor=x", ManagedNode.ViewerToken);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_done()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(
            new NodeSettings(_workspace), services => services.Replace(ServiceDescriptor.Singleton<IAuditLog, NoAudit>()));
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Post, "/api/v1/nodes/node.test/drain", ManagedNode.OperatorToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        JsonElement self = (await node.LookAsync("/api/v1/nodes")).GetProperty("items")[0].GetProperty("report");
        Assert.Equal("none", Text(self, "drain"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class NoAudit : IAuditLog
    {
        public Task<long> BeginAsync(AuditAction action, CancellationToken cancel) => throw new AuditUnavailableException("no database", new IOException());

        public Task EndAsync(long id, DateTimeOffset at, string outcome, CancellationToken cancel) => throw new InvalidOperationException();

        public Task<System.Collections.Immutable.ImmutableArray<AuditEntry>> ListAsync(long? before, int limit, string who, string action, CancellationToken cancel) =>
            throw new InvalidOperationException();

        public Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancel) => Task.FromResult(0);
    }
}
