using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Cluster.Delivery.Routing;

/// <summary>
/// A pattern for domains: <c>example.com</c> (itself), <c>*.example.com</c> (every name below it), <c>*</c> (all). Kept as the system writes domains: lower-case
/// A-labels, address literals in their canonical form.
/// </summary>
internal sealed class DomainPattern
{
    /// <summary>What a pattern looks like, for error texts.</summary>
    public const string Expected = "a domain, an address literal like [192.0.2.1], '*.' and a domain, or '*' is expected";

    private readonly string _name;
    private readonly bool _below;

    private DomainPattern(string name, bool below) => (_name, _below) = (name, below);

    /// <summary>Sorts the most specific pattern first: exact names, then longer suffixes, then <c>*</c>.</summary>
    public (int Kind, int Length) Rank => (_below ? 1 : 0, -_name.Length);

    /// <summary>Reads a pattern.</summary>
    public static bool TryParse(string text, out DomainPattern pattern)
    {
        var below = text == "*" || text.StartsWith("*.", StringComparison.Ordinal);
        var isValid = TryNormalize(below && text.Length > 1 ? text[2..] : text, out var name);
        pattern = new DomainPattern(text == "*" ? "" : name, below);
        return text == "*" || (isValid && !(below && name[0] == '['));
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

    /// <summary>The pattern as it is compared; two texts with the same one cover the same domains.</summary>
    public override string ToString() => !_below ? _name : _name.Length == 0 ? "*" : $"*.{_name}";

    private static bool TryNormalize(string text, out string name)
    {
        if (text.StartsWith('['))
            return AddressLiteral.TryCanonicalize(Encoding.UTF8.GetBytes(text), out name);
        if (DomainName.TryCanonicalize(text.TrimEnd('.'), out name))
            return Uri.CheckHostName(name) == UriHostNameType.Dns;
        // A name of a host may have an underscore, which RFC 5321's grammar for domains has not.
        name = text.TrimEnd('.').ToLowerInvariant();
        return Ascii.IsValid(name) && Uri.CheckHostName(name) == UriHostNameType.Dns;
    }
}
