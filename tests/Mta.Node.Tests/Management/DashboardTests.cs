using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>The dashboard's files come from the node, to anyone, and bind the browser to it; who asks is told without refusing anybody.</summary>
public sealed partial class DashboardTests : IDisposable
{
    private readonly Workspace _workspace = new("dashboard");

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("/")]
    [InlineData("/queues/example.com")]
    [InlineData("/sign-in")]
    public async Task Every_page_is_the_same_start_which_binds_the_browser_to_this_node(string path)
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, path, null);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Dictionary<string, string> policy = answer.Headers.GetValues("Content-Security-Policy").Single().Split(';', StringSplitOptions.TrimEntries).Select(d => d.Split(' ', 2)).ToDictionary(d => d[0], d => d[1]);
        Assert.Equal("'none'", policy["default-src"]);
        // No script but the node's own, and none within the page; nowhere to send anything but to the node; in nobody's frame.
        Assert.Equal("'self' 'wasm-unsafe-eval'", policy["script-src"]);
        Assert.Equal("'self'", policy["connect-src"]);
        Assert.Equal("'none'", policy["frame-ancestors"]);
        Assert.All(policy.Values, value => Assert.DoesNotMatch(@"https?:|//|\*|'unsafe-eval'", value));
    }

    [Fact]
    public async Task The_start_names_only_files_that_the_node_has()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        string start = await (await node.SendAsync(HttpMethod.Get, "/", null)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] files = [.. Named().Matches(start).Select(m => m.Groups[1].Value).Where(f => f is not ("/" or ""))];
        Assert.Contains("_framework/blazor.webassembly.js", files);
        foreach (string file in files)
        {
            using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, $"/{file}", null);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{file}: {answer.StatusCode}");
            Assert.NotEmpty(answer.Headers.GetValues("Content-Security-Policy"));
        }
    }

    [Fact]
    public async Task A_file_is_kept_by_the_browser_as_long_as_it_is_the_same()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage first = await node.SendAsync(HttpMethod.Get, "/dashboard/dashboard.css", null);
        using HttpClient http = new();
        using HttpRequestMessage again = new(HttpMethod.Get, first.RequestMessage!.RequestUri);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/_framework/nothing.wasm")]
    [InlineData("/dashboard/..%2f..%2fMta.Node.dll")]
    [InlineData("/api/v1/nothing")]
    public async Task What_is_none_of_its_files_is_not_there(string path)
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        using HttpResponseMessage answer = await node.SendAsync(HttpMethod.Get, path, ManagedNode.OperatorToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Who_asks_is_told_and_a_stranger_learns_nothing()
    {
        await using ManagedNode node = await ManagedNode.StartAsync(new NodeSettings(_workspace));
        JsonElement viewer = await node.LookAsync("/api/v1/me");
        Assert.Equal(("vera", "viewer", "token", "node.test"), (Text(viewer, "name"), Text(viewer, "role"), Text(viewer, "by"), Text(viewer, "node")));
        using HttpResponseMessage stranger = await node.SendAsync(HttpMethod.Get, "/api/v1/me", "mta_not-one-of-those-that-are-configured");
        JsonElement told = JsonSerializer.Deserialize<JsonElement>(await stranger.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("none", Text(told, "role"));
        Assert.All(told.EnumerateObject().Where(p => p.Name != "role"), p => Assert.Equal("", p.Value.GetString()));
    }

    private static string Text(JsonElement from, string name) => from.GetProperty(name).GetString()!;

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Named();
}
