namespace Mta.Cluster.Delivery.Routing;

/// <summary>A pattern for domains: <c>example.com</c> (itself), <c>*.example.com</c> (every name below it), <c>*</c> (all).</summary>
internal sealed class DomainPattern
{
    /// <summary>What a pattern looks like, for error texts.</summary>
    public const string Expected = "a domain, '*.' and a domain, or '*' is expected";

    private readonly string _name;
    private readonly bool _below;

    private DomainPattern(string name, bool below) => (_name, _below) = (name, below);

    /// <summary>Sorts the most specific pattern first: exact names, then longer suffixes, then <c>*</c>.</summary>
    public (int Kind, int Length) Rank => (_below ? 1 : 0, -_name.Length);

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(string text, out DomainPattern pattern)
    {
        var lower = text.ToLowerInvariant();
        var below = lower == "*" || lower.StartsWith("*.", StringComparison.Ordinal);
        var name = lower == "*" ? "" : below ? lower[2..] : lower;
        pattern = new DomainPattern(name, below);
        return lower == "*" || IsLiteral(name) || Uri.CheckHostName(name) == UriHostNameType.Dns;
    }

    /// <summary>Does the pattern cover this name (lower-case A-labels)?</summary>
    public bool Matches(string domain)
    {
        if (!_below)
            return domain.Equals(_name, StringComparison.OrdinalIgnoreCase);
        return _name.Length == 0
            || (domain.Length > _name.Length + 1
                && domain[domain.Length - _name.Length - 1] == '.'
                && domain.EndsWith(_name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLiteral(string name) => name.Length > 2 && name[0] == '[' && name[^1] == ']';
}
