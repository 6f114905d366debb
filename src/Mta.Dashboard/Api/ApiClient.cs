using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mta.Dashboard.Api;

/// <summary>Asks the management API of the node that served the page; any node answers for the whole cluster.</summary>
/// <param name="http">The connection.</param>
/// <param name="browser">Keeps the token for this tab.</param>
public sealed class ApiClient(HttpClient http, Browser browser)
{
    private const string TokenKey = "mta-token";

    /// <summary>The bearer token; null for none. It is kept until the tab is closed, and nowhere else.</summary>
    public string? Token
    {
        get => browser.KeptInTab(TokenKey);
        set => browser.KeepInTab(TokenKey, value);
    }

    /// <summary>True where a token is kept.</summary>
    public bool HasToken => Token is not null;

    /// <summary>Reads.</summary>
    /// <exception cref="ApiException">The API says no.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public Task<T> GetAsync<T>(string path, CancellationToken cancel = default) => SendAsync<T>(HttpMethod.Get, path, null, cancel);

    /// <summary>Reads what may not be there any more; null where it is not.</summary>
    /// <exception cref="ApiException">The API says no for another reason.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<T?> FindAsync<T>(string path, CancellationToken cancel = default)
        where T : class
    {
        try
        {
            return await GetAsync<T>(path, cancel);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Orders, whatever the answer says beyond its success.</summary>
    public Task OrderAsync(HttpMethod method, string path, CancellationToken cancel = default) => SendAsync<JsonElement>(method, path, null, cancel);

    /// <summary>Orders with a body, whatever the answer says beyond its success.</summary>
    public Task OrderAsync<TBody>(HttpMethod method, string path, TBody body, CancellationToken cancel = default) =>
        SendAsync<JsonElement>(method, path, JsonContent.Create(body, TypeOf<TBody>()), cancel);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        if (Token is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await http.SendAsync(request, cancel);
        if (answer.IsSuccessStatusCode)
            return (await answer.Content.ReadFromJsonAsync(TypeOf<T>(), cancel))!;
        throw new ApiException(answer.StatusCode, await DetailAsync(answer, cancel));
    }

    // RFC 9457: what is wrong stands in detail, else in title.
    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        string text = answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "the token is not, or no longer, known here",
            HttpStatusCode.Forbidden => "this needs the role operator",
            _ => $"the node answers {(int)answer.StatusCode}",
        };
        try
        {
            Problem? problem = await answer.Content.ReadFromJsonAsync(ApiJson.Default.Problem, cancel);
            return string.IsNullOrEmpty(problem?.Detail) ? text : problem.Detail;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)ApiJson.Default.GetTypeInfo(typeof(T))!;
}

/// <summary>The API says no.</summary>
/// <param name="status">The answer's status.</param>
/// <param name="detail">Why, in its words.</param>
public sealed class ApiException(HttpStatusCode status, string detail) : Exception(detail)
{
    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; } = status;
}
