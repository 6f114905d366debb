using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mta.Cli.Contexts;

namespace Mta.Cli.Client;

/// <summary>Speaks with a management endpoint. What it answers instead of an answer becomes a <see cref="CliException"/>.</summary>
internal sealed class ManagementClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;

    /// <summary>A client for a cluster.</summary>
    /// <param name="context">How it is reached.</param>
    /// <param name="token">The token; null for none.</param>
    /// <exception cref="CliException">An address or a file cannot be used.</exception>
    public ManagementClient(ClusterContext context, string? token)
    {
        if (!Uri.TryCreate(context.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException(ExitCodes.Usage, $"'{context.Url}' is no address of an endpoint; expected as in https://mta.example.com:8558");
        _http = new HttpClient(Handler(context)) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>What stands at a path.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>All pages of a list as one, which says of the rest what the last page says.</summary>
    /// <param name="path">The first page; it has a query.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<JsonElement> GetAllAsync(string path, CancellationToken cancel)
    {
        JsonArray items = [];
        for (var cursor = ""; ;)
        {
            var page = JsonObject.Create(await GetAsync(path + cursor, cancel))!;
            foreach (var item in page["items"]?.AsArray() ?? [])
                items.Add(item?.DeepClone());
            if (page["next"]?.GetValue<string>() is { } next)
            {
                cursor = $"&cursor={Uri.EscapeDataString(next)}";
                continue;
            }
            page["items"] = items;
            return JsonSerializer.SerializeToElement(page);
        }
    }

    /// <summary>What an order is answered by.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using HttpRequestMessage request = new(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await ReachAsync(request, HttpCompletionOption.ResponseContentRead, patience.Token, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            throw new CliException(ExitCodes.Failed, $"{_http.BaseAddress} does not answer as a management endpoint");
        }
    }

    /// <summary>Copies what stands at a path, octet by octet.</summary>
    /// <param name="path">The path.</param>
    /// <param name="open">Opens what it is copied to, once it is known that there is something.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="CliException">It is not there, broke off, or cannot be written.</exception>
    public async Task CopyAsync(string path, Func<Stream> open, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using var answer = await ReachAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel, cancel);
        await using var target = open();
        try
        {
            await answer.Content.CopyToAsync(target, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CliException(ExitCodes.Failed, $"it broke off under way: {e.Message}");
        }
    }

    /// <summary>Server-sent events, until cancelled or the endpoint ends them.</summary>
    public async IAsyncEnumerable<SseItem<string>> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        using var answer = await ReachAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel, cancel);
        using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancel))
            yield return item;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> ReachAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken patience, CancellationToken cancel)
    {
        try
        {
            var answer = await _http.SendAsync(request, completion, patience);
            return answer.IsSuccessStatusCode ? answer : throw await ProblemAsync(answer, cancel);
        }
        catch (HttpRequestException e)
        {
            var why = e.InnerException is AuthenticationException tls ? $"its certificate is not trusted: {tls.Message}" : e.Message;
            throw new CliException(ExitCodes.Unreachable, $"{_http.BaseAddress} cannot be reached: {why}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CliException(ExitCodes.Unreachable, $"{_http.BaseAddress} has not answered in {Patience.TotalSeconds:F0} s");
        }
    }

    private static async Task<CliException> ProblemAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        using (answer)
        {
            var code = answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.Refused,
                HttpStatusCode.NotFound => ExitCodes.NotFound,
                HttpStatusCode.BadRequest => ExitCodes.Usage,
                _ => ExitCodes.Failed,
            };
            return new CliException(code, answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized => "the endpoint wants a token that it knows; give one by --token-file, MTACTL_TOKEN or a context",
                HttpStatusCode.Forbidden => "the token has not the right to do this; it takes an operator's",
                _ => Detail(await answer.Content.ReadAsStringAsync(cancel)) ?? $"the endpoint answers {(int)answer.StatusCode}",
            });
        }
    }

    // RFC 9457 §3.1.4.
    private static string? Detail(string text)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            return problem.TryGetProperty("detail", out var detail) || problem.TryGetProperty("title", out detail) ? detail.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SocketsHttpHandler Handler(ClusterContext context)
    {
        SslClientAuthenticationOptions tls = new();
        try
        {
            if (context.CertificateFile.Length > 0)
                tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(context.CertificateFile, context.KeyFile.Length > 0 ? context.KeyFile : null)];
            if (context.AuthoritiesFile.Length > 0)
            {
                X509Certificate2Collection authorities = [];
                authorities.ImportFromPemFile(context.AuthoritiesFile);
                tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCodes.Usage, $"certificate or authorities cannot be used: {e.Message}");
        }
        return new SocketsHttpHandler { SslOptions = tls, ConnectTimeout = TimeSpan.FromSeconds(10) };
    }
}
