using System.Net;
using System.Text;
using System.Text.Json;
using Mta.SystemTests.Infrastructure;
using Mta.Testing;
using Xunit;

namespace Mta.SystemTests.Cluster;

/// <summary>
/// Who gives orders to a cluster through the management endpoint of any of its nodes. While what keeps the orders moves to another node, it answers 503 (nobody can say now): then it is asked again,
/// and an order is given once it answers.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="limit">How long anything may take.</param>
internal sealed class ClusterOperator(NodeCluster cluster, TimeSpan limit)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { Authorization = new("Bearer", NodeSettings.AnyToken) } };

    /// <summary>What a node answers.</summary>
    public async Task<JsonElement> GetAsync(int node, string path)
    {
        JsonElement answer = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                var (status, text) = await SendAsync(node, HttpMethod.Get, path);
                answer = Answered(status, text, path);
                return status == HttpStatusCode.OK;
            },
            limit,
            () => Task.FromResult($"{path}: {answer}"));
        return answer;
    }

    /// <summary>Gives an order, once.</summary>
    public async Task<JsonElement> OrderAsync(int node, HttpMethod method, string path, string? body = null)
    {
        await GetAsync(node, "/api/v1/suspensions");
        var (status, text) = await SendAsync(node, method, path, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Orders a job and waits until it has ended.</summary>
    /// <returns>How much it took.</returns>
    public async Task<long> DoneAsync(int node, string job) => await EndedAsync(node, (await OrderAsync(node, HttpMethod.Post, "/api/v1/jobs", job)).GetProperty("id").GetString()!);

    /// <summary>Waits until a job has ended.</summary>
    /// <returns>How much it took.</returns>
    public async Task<long> EndedAsync(int node, string id) =>
        (await UntilAsync(node, $"/api/v1/jobs/{id}", job => job.GetProperty("state").GetString() == "ended")).GetProperty("count").GetInt64();

    /// <summary>Waits until all partitions keep what a list names; they may be moving yet to the nodes that came last.</summary>
    public Task UntilKeptAsync(int node, string path) => UntilAsync(node, path, list => list.GetProperty("pendingPartitions").GetArrayLength() == 0);

    /// <summary>Asks until an answer is as it shall be.</summary>
    public async Task<JsonElement> UntilAsync(int node, string path, Func<JsonElement, bool> condition)
    {
        JsonElement answer = default;
        await Eventually.HoldsAsync(async () => condition(answer = await GetAsync(node, path)), limit, () => Task.FromResult($"{path}: {answer}"));
        return answer;
    }

    private static JsonElement Answered(HttpStatusCode status, string text, string path)
    {
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(int node, HttpMethod method, string path, string? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(cluster.Settings[node].Management, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
