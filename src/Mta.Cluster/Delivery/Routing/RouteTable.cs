using System.Collections.Immutable;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>The configured routes by pattern, in the order in which they match: the most specific pattern first.</summary>
public sealed class RouteTable
{
    private readonly ImmutableArray<(DomainPattern Pattern, string Text, RouteOptions Route)> _rows;

    /// <summary>The table of some routes.</summary>
    /// <param name="routes">Checked routes.</param>
    /// <exception cref="ArgumentException">A pattern is none.</exception>
    public RouteTable(IEnumerable<RouteOptions> routes) =>
        _rows = [.. routes.SelectMany(r => r.Domains.Select(d => (Pattern: PatternOf(d), d, r))).OrderBy(row => row.Pattern.Rank)];

    /// <summary>The patterns with their routes, first match first.</summary>
    public IEnumerable<KeyValuePair<string, RouteOptions>> Rows => _rows.Select(row => KeyValuePair.Create(row.Text, row.Route));

    /// <summary>The route of a domain (lower-case A-labels); null where none names it.</summary>
    public RouteOptions? Find(string domain)
    {
        foreach (var (pattern, _, route) in _rows)
        {
            if (pattern.Matches(domain))
                return route;
        }
        return null;
    }

    /// <summary>The route whose first pattern is this; null where there is none.</summary>
    public RouteOptions? Named(string name)
    {
        foreach (var (_, _, route) in _rows)
        {
            if (route.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return route;
        }
        return null;
    }

    private static DomainPattern PatternOf(string text) => DomainPattern.TryParse(text, out var pattern)
        ? pattern
        : throw new ArgumentException($"'{text}': {DomainPattern.Expected}");
}
