using System.Text.Json;

namespace Mta.Dashboard.Api;

/// <summary>What the API can do, read off its own document: while a cluster is being upgraded, the node that answers may be older than the one that the page came from.</summary>
/// <param name="api">The API.</param>
public sealed class Abilities(ApiClient api)
{
    private HashSet<string>? _paths;

    /// <summary>True where mail can be held and routed.</summary>
    public bool HasRules => Has("/api/v1/holds") && Has("/api/v1/routes");

    /// <summary>True where a message's headers can be read.</summary>
    public bool HasHeaders => Has("/api/v1/messages/{id}/headers");

    /// <summary>Reads the document; once is enough.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        if (_paths is not null)
            return;
        JsonElement document = await api.GetAsync<JsonElement>("/openapi/v1.json", cancel);
        _paths = [.. document.GetProperty("paths").EnumerateObject().Select(path => path.Name)];
    }

    private bool Has(string path) => _paths?.Contains(path) == true;
}
