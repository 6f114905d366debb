using System.Collections.Immutable;

namespace Mta.Queueing;

/// <summary>
/// Values by destination domain: an exact domain before a wildcard, a longer wildcard before a shorter one, the default last.
/// <c>*.example.com</c> stands for every domain below example.com and not for example.com itself. Immutable.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class DomainTable<T>
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, T> _below = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A table.</summary>
    /// <param name="fallback">The value of a domain that no pattern matches.</param>
    /// <param name="byPattern">Values by pattern: a domain in A-labels, an address literal, <c>*.domain</c>.</param>
    /// <exception cref="FormatException">A pattern is none, or stands twice; the message names it.</exception>
    public DomainTable(T fallback, IEnumerable<KeyValuePair<string, T>> byPattern)
    {
        Default = fallback;
        foreach (var (pattern, value) in byPattern) Add(pattern, value);
    }

    /// <summary>The value of a domain that no pattern matches.</summary>
    public T Default { get; }

    /// <summary>All values, the default first.</summary>
    public ImmutableArray<T> Values => [Default, .. _exact.Values, .. _below.Values];

    /// <summary>The value for a domain in canonical form.</summary>
    public T For(string domain)
    {
        if (_exact.TryGetValue(domain, out var exact)) return exact;
        return _below.Count == 0 ? Default : ForParents(domain);
    }

    private T ForParents(string domain)
    {
        var parents = _below.GetAlternateLookup<ReadOnlySpan<char>>();
        var rest = domain.AsSpan();
        for (var dot = rest.IndexOf('.'); dot >= 0; dot = rest.IndexOf('.'))
        {
            rest = rest[(dot + 1)..];
            if (parents.TryGetValue(rest, out var value)) return value;
        }

        return Default;
    }

    private void Add(string pattern, T value)
    {
        if (!DomainPattern.IsValid(pattern))
            throw new FormatException($"\"{pattern}\" is not a domain pattern: expected a domain in A-labels, *.domain, or an address literal");
        var (table, key) = pattern.StartsWith("*.", StringComparison.Ordinal) ? (_below, pattern[2..]) : (_exact, pattern);
        if (!table.TryAdd(key, value)) throw new FormatException($"the domain pattern \"{pattern}\" stands twice");
    }
}
