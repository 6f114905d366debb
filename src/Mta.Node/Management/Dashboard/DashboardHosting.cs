using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using Mta.Node.Management.Access;

namespace Mta.Node.Management.Dashboard;

/// <summary>
/// The dashboard at <c>/</c>: the files of <c>Mta.Dashboard</c>, which run in the browser and ask the API like any other client. Nothing of an installation stands in them; they are for anyone.
/// </summary>
internal static class DashboardHosting
{
    private const string StartPage = "index.html";

    // Nothing comes from elsewhere, and nothing goes there. WebAssembly is compiled in the page; the component library writes its theme as a style element, and places menus by style attributes.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    // What the page itself reads of its address; the paths of the API are others.
    private static readonly string[] Pages = ["/", "/queues/{**page}", "/messages/{**page}", "/sites", "/suspensions", "/jobs", "/audit", "/sign-in"];

    private static readonly string[] Folders = ["/_framework/{**file}", "/_content/{**file}", "/dashboard/{**file}"];

    // By preference: what `dotnet publish` puts beside a file.
    private static readonly (string Coding, string Extension)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    private static readonly FileExtensionContentTypeProvider Types = new();

    /// <summary>Finds the files where the build has left them; published, they are in <c>wwwroot</c>.</summary>
    public static void AddDashboard(this WebApplicationBuilder builder) => StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);

    /// <summary>Maps the pages and the files.</summary>
    public static void MapDashboard(this WebApplication application)
    {
        IFileProvider files = application.Environment.WebRootFileProvider;
        foreach (string page in Pages)
            application.MapGet(page, (HttpContext http) => Find(http, files, StartPage)).ExcludeFromDescription().ForAnyone();
        foreach (string folder in Folders)
            application.MapGet(folder, (HttpContext http) => Find(http, files, http.Request.Path.Value!)).ExcludeFromDescription().ForAnyone();
    }

    private static Results<PhysicalFileHttpResult, ProblemHttpResult> Find(HttpContext http, IFileProvider files, string path)
    {
        IFileInfo plain = files.GetFileInfo(path);
        if (plain is not { Exists: true, IsDirectory: false, PhysicalPath: not null })
            return Problems.NotFound($"there is no {path}{(path == StartPage ? ": the dashboard's files are not beside the program" : "")}");
        (IFileInfo file, string? coding) = Best(http.Request, files, path) ?? (plain, null);
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = HasHash(plain.Name) ? "max-age=31536000, immutable" : "no-cache";
        if (coding is not null)
            headers.ContentEncoding = coding;
        string type = Types.TryGetContentType(plain.Name, out string? known) ? known : "application/octet-stream";
        string tag = FormattableString.Invariant($"\"{file.LastModified.UtcTicks:x}-{file.Length:x}{(coding is null ? "" : $"-{coding}")}\"");
        return TypedResults.PhysicalFile(file.PhysicalPath!, type, lastModified: file.LastModified, entityTag: new EntityTagHeaderValue(tag));
    }

    private static (IFileInfo File, string? Coding)? Best(HttpRequest request, IFileProvider files, string path)
    {
        IList<StringWithQualityHeaderValue> accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach ((string coding, string extension) in Compressed)
        {
            if (accepted.Any(a => a.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && a.Quality != 0)
                && files.GetFileInfo(path + extension) is { Exists: true, PhysicalPath: not null } file)
                return (file, coding);
        }
        return null;
    }

    // As in Mta.Dashboard.0123456789.wasm: another content has another name.
    private static bool HasHash(string name) => name.Split('.') is { Length: >= 3 } parts && parts[^2] is { Length: 10 } hash && hash.All(char.IsAsciiLetterOrDigit) && hash.Any(char.IsAsciiDigit);
}
