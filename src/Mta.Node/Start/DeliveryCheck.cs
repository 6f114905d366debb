using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mta.Cluster.Delivery;
using Mta.Node.Configuration;
using RouteOptions = Mta.Cluster.Delivery.RouteOptions;

namespace Mta.Node.Start;

/// <summary>Whether the files that delivery names can be what they are named as: authorities, and by route passwords, LMTP sockets, Maildirs.</summary>
internal static class DeliveryCheck
{
    private const string PathKey = "path";

    /// <summary>What is wrong, key by key.</summary>
    public static IEnumerable<ConfigProblem> Of(LoadedConfiguration configuration)
    {
        if (AuthoritiesProblem(configuration.Options.Delivery.AuthoritiesFile) is { } authorities)
            yield return configuration.Problem("delivery.authoritiesFile", authorities);
        List<RouteOptions> routes = configuration.Options.Delivery.Routes;
        for (int i = 0; i < routes.Count; i++)
        {
            if (Problem(routes[i]) is var (key, text))
                yield return configuration.Problem($"delivery.routes[{i}].{key}", text);
        }
    }

    private static (string Key, string Text)? Problem(RouteOptions route) => route switch
    {
        { PasswordFile.Length: > 0 } when PasswordProblem(route.PasswordFile) is { } text => ("passwordFile", text),
        { Via: RouteVia.LmtpSocket, Path.Length: > 0 } when SocketProblem(route.Path) is { } text => (PathKey, text),
        { Via: RouteVia.Maildir, Path.Length: > 0 } when MaildirProblem(route.Path) is { } text => (PathKey, text),
        _ => null,
    };

    private static string? AuthoritiesProblem(string path)
    {
        if (path.Length == 0)
            return null;
        X509Certificate2Collection authorities = [];
        try
        {
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? null : $"'{path}' holds no certificate; expected are the authorities' certificates in PEM";
        }
        catch (CryptographicException e)
        {
            return $"'{path}' cannot be used: {e.Message}; expected are the authorities' certificates in PEM";
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Unreadable(path, e);
        }
    }

    private static string? PasswordProblem(string path)
    {
        try
        {
            return string.IsNullOrEmpty(File.ReadLines(path).FirstOrDefault()) ? $"the first line of '{path}' is empty; expected is the password" : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Unreadable(path, e);
        }
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    private static string Unreadable(string path, Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? $"there is no file '{path}'"
        : $"'{path}' cannot be read: {e.Message}";

    /// <summary>A socket that is not there yet is no problem: its server may start later, and mail waits for it.</summary>
    private static string? SocketProblem(string path) =>
        Directory.Exists(path) ? $"'{path}' is a directory; expected is the socket of an LMTP server" : null;

    /// <summary>Directories that are not there are made with the first mail; a file in their place cannot be mended so.</summary>
    private static string? MaildirProblem(string template)
    {
        int variable = template.IndexOf("%{", StringComparison.Ordinal);
        string? at = variable < 0 ? template : Path.GetDirectoryName(template[..variable]);
        for (; !string.IsNullOrEmpty(at) && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                return $"'{at}' is a file; expected is a directory";
        }
        return null;
    }
}
