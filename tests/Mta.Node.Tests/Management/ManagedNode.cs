using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Mta.Node.Tests.Running;
using Mta.Protocol.Authentication;
using Mta.Testing;

namespace Mta.Node.Tests.Management;

/// <summary>A node whose management endpoint wants tokens, and the tokens.</summary>
internal sealed class ManagedNode : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private ManagedNode(RunningNode node) => Node = node;

    public static string ViewerToken { get; } = BearerToken.Create();

    public static string OperatorToken { get; } = BearerToken.Create();

    public RunningNode Node { get; }

    /// <summary>Starts a node; completes when it is ready.</summary>
    public static async Task<ManagedNode> StartAsync(NodeSettings settings, int? deliverTo = null) => new(await RunningNode.StartAsync(WithTokens(settings), deliverTo));

    /// <summary>As the other, with changes to the node's services.</summary>
    public static async Task<ManagedNode> StartAsync(NodeSettings settings, Action<IServiceCollection> services) => new(await RunningNode.StartAsync(WithTokens(settings), null, services));

    public static NodeSettings WithTokens(NodeSettings settings) => settings.Set("management.tokens", new[]
    {
        new { name = "vera", role = "viewer", hash = BearerToken.Hash(ViewerToken) },
        new { name = "otto", role = "operator", hash = BearerToken.Hash(OperatorToken) },
    });

    /// <summary>Asks with a token, or with none.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, object? body = null)
    {
        using HttpRequestMessage request = new(method, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Node.Settings.ManagementPort}{path}")));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>What a viewer sees at a path.</summary>
    public Task<JsonElement> LookAsync(string path) => JsonAsync(HttpMethod.Get, path, ViewerToken);

    /// <summary>What an operator is told who acts.</summary>
    public Task<JsonElement> ActAsync(HttpMethod method, string path, object? body = null) => JsonAsync(method, path, OperatorToken, body);

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private async Task<JsonElement> JsonAsync(HttpMethod method, string path, string token, object? body = null)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, token, body);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
