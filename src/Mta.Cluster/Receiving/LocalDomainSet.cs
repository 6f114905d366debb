using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mta.Cluster.Receiving;

/// <summary>The domains that the node takes mail for, with those given by their parent.</summary>
internal sealed class LocalDomainSet
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };
    private readonly FrozenSet<string> _domains;
    private readonly bool _anyParent;

    public LocalDomainSet(IEnumerable<string> domains)
    {
        _domains = domains.Select(d => TryNormalize(d, out var normal) ? normal : throw new FormatException($"'{d}' is no domain"))
            .ToFrozenSet(StringComparer.Ordinal);
        _anyParent = _domains.Any(d => d[0] == '.');
    }

    /// <summary>Does the node take mail for this domain, given in lower-case A-labels or as an address literal?</summary>
    public bool Contains(string domain)
    {
        if (_domains.Contains(domain))
            return true;
        for (var dot = _anyParent ? domain.IndexOf('.') : -1; dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            if (_domains.GetAlternateLookup<ReadOnlySpan<char>>().Contains(domain.AsSpan(dot)))
                return true;
        }
        return false;
    }

    /// <summary>The canonical form of a configured domain: lower-case A-labels, a leading dot kept; a literal as it is.</summary>
    public static bool TryNormalize(string domain, [NotNullWhen(true)] out string? normal)
    {
        normal = null;
        if (domain is ['[', .., ']'])
        {
            normal = domain.ToLowerInvariant().Replace("[ipv6:", "[IPv6:", StringComparison.Ordinal);
            return true;
        }
        var isParent = domain.StartsWith('.');
        try
        {
            var ascii = Idn.GetAscii(domain[(isParent ? 1 : 0)..].TrimEnd('.')).ToLowerInvariant();
            normal = isParent ? "." + ascii : ascii;
            return ascii.Length > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
