using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Mta.SystemTests.Cluster;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Management;

/// <summary>Three nodes that keep mail for suspended domains, known in number and order, so that what the endpoint tells of it is known too.</summary>
internal sealed class SteeredCluster : IAsyncDisposable
{
    public const int Nodes = 3;

    /// <summary>Domains with mail, in lanes of partitions on all nodes; the first has most.</summary>
    public const int Domains = 8;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };
    private readonly Workspace _workspace;

    private SteeredCluster(Workspace workspace, NodeCluster nodes) => (_workspace, Cluster) = (workspace, nodes);

    public NodeCluster Cluster { get; }

    /// <summary>How much mail there is.</summary>
    public static int Messages => Enumerable.Range(0, Domains).Sum(CountOf);

    public static string DomainOf(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}.held.test");

    /// <summary>How much mail a domain has; no two have the same.</summary>
    public static int CountOf(int domain) => 2 * (Domains - domain);

    /// <summary>Starts the nodes, suspends the domains by one of them, and has each node accept a third of the mail.</summary>
    public static async Task<SteeredCluster> StartAsync(string name)
    {
        Workspace workspace = new(name);
        // Nothing listens there: what is not suspended waits for its next attempt.
        var nowhere = Loopback.FreePort();
        var steered = new SteeredCluster(workspace, await NodeCluster.StartAsync(workspace, Nodes, settings => settings.RouteAllTo(nowhere)));
        try
        {
            await steered.Cluster.UntilMembersAsync(Nodes, Limit);
            await steered.Cluster.UntilPartitionsPlacedAsync(Limit);
            await steered.AskAsync(0, HttpMethod.Post, "/api/v1/suspensions", """{"domain":"*.held.test","reason":"their maintenance"}""");
            await steered.UntilAsync(1, "/api/v1/suspensions", s => s.GetProperty("pendingPartitions").GetArrayLength() == 0);
            await steered.FillAsync();
            return steered;
        }
        catch
        {
            await steered.DisposeAsync();
            throw;
        }
    }

    public Uri Url(int node) => Cluster.Settings[node].Management;

    /// <summary>Asks a node; anything but success fails the test.</summary>
    public async Task<JsonElement> AskAsync(int node, HttpMethod method, string path, string? body = null)
    {
        var (status, text) = await SendAsync(node, method, path, body);
        Assert.True((int)status is >= 200 and < 300, $"{method} {path} at node {node}: {(int)status} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<JsonElement> AskAsync(int node, string path) => AskAsync(node, HttpMethod.Get, path);

    public async Task<(HttpStatusCode Status, string Text)> SendAsync(int node, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(Url(node), path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The first event of a stream; the stream is left then.</summary>
    public async Task<string> ListenAsync(int node, string path)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var answer = await Http.GetAsync(new Uri(Url(node), path), HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        await using var stream = await answer.Content.ReadAsStreamAsync(limit.Token);
        var first = new byte[256];
        var text = Encoding.UTF8.GetString(first, 0, await stream.ReadAsync(first, limit.Token));
        return text[..text.IndexOf("\n\n", StringComparison.Ordinal)];
    }

    /// <summary>Asks a node again until it says so.</summary>
    public async Task<JsonElement> UntilAsync(int node, string path, Func<JsonElement, bool> condition)
    {
        JsonElement last = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                var (status, text) = await SendAsync(node, HttpMethod.Get, path);
                return status == HttpStatusCode.OK && condition(last = JsonSerializer.Deserialize<JsonElement>(text));
            },
            Limit,
            () => Task.FromResult(last.ToString()));
        return last;
    }

    /// <summary>Which node owns a domain's queue, as the endpoint explains it.</summary>
    public async Task<int> OwnerAsync(string domain)
    {
        var owner = (await AskAsync(0, $"/api/v1/explain?recipient=anna@{domain}")).GetProperty("queues")[0].GetProperty("node").GetString()!;
        return Enumerable.Range(0, Nodes).Single(i => owner.StartsWith($"{Cluster.Settings[i].Address}:", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _workspace.Dispose();
    }

    private async Task FillAsync()
    {
        string[] domains = [.. Enumerable.Range(0, Domains).SelectMany(d => Enumerable.Repeat(DomainOf(d), CountOf(d)))];
        LoadGenerator generator = new(Cluster.Smtp, i => LoadMessage.Create(string.Create(CultureInfo.InvariantCulture, $"id{i:D4}"), domains[i], 600, "anna@senders.held.test"));
        await generator.RunAsync(domains.Length, Nodes, CancellationToken.None);
        Assert.Equal(domains.Length, generator.Accepted.Count);
        for (var node = 0; node < Nodes; node++)
            await UntilAsync(node, "/api/v1/queues", q => q.GetProperty("totals").GetProperty("depth").GetInt32() == domains.Length);
    }
}
