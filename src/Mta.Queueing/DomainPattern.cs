namespace Mta.Queueing;

/// <summary>What may stand for destination domains in a configuration (<see cref="DomainTable{T}"/>).</summary>
public static class DomainPattern
{
    /// <summary>True for a domain in A-labels, an address literal with its brackets, and <c>*.domain</c>.</summary>
    public static bool IsValid(string pattern)
    {
        if (pattern.StartsWith('[')) return pattern.EndsWith(']') && pattern.Length > 2;
        var domain = pattern.StartsWith("*.", StringComparison.Ordinal) ? pattern.AsSpan(2) : pattern;
        // RFC 1035 §2.3.4: a name has at most 253 characters as text.
        if (domain.Length is 0 or > 253) return false;
        foreach (var label in domain.Split('.'))
            if (!IsLabel(domain[label])) return false;
        return true;
    }

    /// <summary>True where a valid pattern stands for a domain: itself, or for <c>*.domain</c> any domain below it, not the domain itself.</summary>
    public static bool Covers(string pattern, string domain) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? domain.Length >= pattern.Length && domain.AsSpan().EndsWith(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase)
        : string.Equals(pattern, domain, StringComparison.OrdinalIgnoreCase);

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > 63) return false;
        foreach (var c in label)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return true;
    }
}
