using System.Collections.Immutable;
using Mta.Cluster.Delivery.Routing;
using Mta.Queueing.Site;

namespace Mta.Cluster.Delivery.Sites;

/// <summary>The limits of a site: the common ones, and over them those of the most specific pattern that one of its hosts matches.</summary>
internal sealed class SiteLimitTable
{
    private readonly SiteLimits _common;
    private readonly ImmutableArray<(DomainPattern Pattern, SiteOverrideOptions Options)> _overrides;

    public SiteLimitTable(DeliveryOptions options)
    {
        _common = options.Limits.ToLimits();
        _overrides = [.. options.Sites.Select(s => (PatternOf(s.Key), s.Value)).OrderBy(s => s.Item1.Rank)];
    }

    /// <summary>The limits of the site that a plan leads to.</summary>
    public SiteLimits For(DeliveryPlan plan) => Find(plan).Limits;

    /// <summary>As <see cref="For"/>, with the entry of <c>delivery.sites</c> that had a say; null where none had.</summary>
    public (SiteLimits Limits, string? Pattern, SiteOverrideOptions? Own) Find(DeliveryPlan plan)
    {
        foreach (var (pattern, options) in _overrides)
        {
            if (plan.Hosts.Any(host => pattern.Matches(host.Name)))
                return (options.Over(_common), pattern.ToString(), options);
        }
        return (_common, null, null);
    }

    private static DomainPattern PatternOf(string text) => DomainPattern.TryParse(text, out var pattern)
        ? pattern
        : throw new ArgumentException($"'{text}': {DomainPattern.Expected}");
}
