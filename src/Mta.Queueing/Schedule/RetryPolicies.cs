using System.Collections.Immutable;

namespace Mta.Queueing.Schedule;

/// <summary>The retry policy of every domain: one for all, and others for configured domains. Immutable.</summary>
public sealed class RetryPolicies
{
    private readonly DomainTable<RetryPolicy> _table;

    /// <summary>Policies by domain pattern (<see cref="DomainTable{T}"/>).</summary>
    /// <exception cref="FormatException">A pattern is none, or stands twice.</exception>
    /// <exception cref="ArgumentException">A policy's values are wrong; the message says which.</exception>
    public RetryPolicies(RetryPolicy fallback, IEnumerable<KeyValuePair<string, RetryPolicy>>? byPattern = null)
    {
        _table = new DomainTable<RetryPolicy>(fallback, byPattern ?? []);
        foreach (var policy in _table.Values)
            foreach (var problem in policy.Problems()) throw new ArgumentException($"retry policy: {problem}");
    }

    /// <summary>The policy of domains without one of their own.</summary>
    public RetryPolicy Default => _table.Default;

    /// <summary>Every policy, the default first.</summary>
    public ImmutableArray<RetryPolicy> All => _table.Values;

    /// <summary>The policy of a domain in canonical form.</summary>
    public RetryPolicy For(string domain) => _table.For(domain);
}
