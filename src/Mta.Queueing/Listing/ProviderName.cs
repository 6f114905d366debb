namespace Mta.Queueing.Listing;

/// <summary>
/// Whose hosts a site has: the part of the first host's name that somebody registers, as in <c>google.com</c> for <c>smtp:aspmx.l.google.com:25,…</c>. Told by the name's form and not by a list of public suffixes:
/// the last two labels, or three where the last has two letters and the one before is a usual second level (<c>co.uk</c>). A host that is an address, a socket or a directory is its own provider.
/// </summary>
public static class ProviderName
{
    private static readonly HashSet<string> SecondLevels = new(StringComparer.Ordinal) { "ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "or", "org" };

    /// <summary>The provider of a site; empty where the site is not known.</summary>
    /// <param name="site">The site's name, as <c>smtp:mx1.example.com:25,mx2.example.com:25</c>.</param>
    public static string Of(string site)
    {
        var colon = site.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return site;
        var host = FirstHost(site[(colon + 1)..]);
        return host.Length > 0 && char.IsAsciiLetter(host[^1]) && !host.Contains('/', StringComparison.Ordinal) && !host.Contains(':', StringComparison.Ordinal) ? Registered(host) : host;
    }

    // A name that was too long goes on with a hash.
    private static string FirstHost(string hosts)
    {
        var first = hosts.Split(',', 2)[0];
        if (first.LastIndexOf('+') is > 0 and var plus) first = first[..plus];
        var port = first.LastIndexOf(':');
        return port > 0 && port < first.Length - 1 && first.AsSpan(port + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? first[..port] : first;
    }

    private static string Registered(string host)
    {
        var labels = host.TrimEnd('.').ToLowerInvariant().Split('.');
        var count = labels.Length >= 3 && labels[^1].Length == 2 && SecondLevels.Contains(labels[^2]) ? 3 : 2;
        return string.Join('.', labels[Math.Max(0, labels.Length - count)..]);
    }
}
