using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.Operations;

/// <summary>
/// All standing holds and routes of the cluster, as one value. As with <see cref="SuspensionSet"/>, each change makes a set with the next revision, and whoever keeps a copy takes a newer one whole.
/// </summary>
/// <param name="Revision">Rises with every change; 0 before the first.</param>
/// <param name="Holds">The standing holds, oldest first.</param>
/// <param name="Routes">The standing routes, oldest first; one whose time is over may still be among them.</param>
public sealed record RuleSet(long Revision, ImmutableArray<HoldRule> Holds, ImmutableArray<RouteRule> Routes)
{
    /// <summary>The most standing holds: each message that comes is judged by all.</summary>
    public const int MaxHolds = 100;

    /// <summary>The most standing routes.</summary>
    public const int MaxRoutes = 500;

    /// <summary>Before the first order.</summary>
    public static RuleSet None { get; } = new(0, [], []);

    /// <summary>A standing hold; null where it does not stand.</summary>
    public HoldRule? FindHold(string id) => Holds.FirstOrDefault(rule => rule.Id == id);

    /// <summary>The first hold that holds mail with this envelope; null where none does.</summary>
    public HoldRule? Holding(string domain, Envelope envelope, DateTimeOffset now)
    {
        foreach (var rule in Holds)
            if (rule.MayHold(domain, now) && rule.Filter.Matches(envelope)) return rule;
        return null;
    }

    /// <summary>The first hold that may hold mail for a domain; it does, unless it <see cref="MessageFilter.NeedsEnvelope"/>. Null where none may.</summary>
    public HoldRule? MayHold(string domain, DateTimeOffset now)
    {
        foreach (var rule in Holds)
            if (rule.MayHold(domain, now)) return rule;
        return null;
    }

    /// <summary>The standing route for a domain: the most specific one; null where none stands.</summary>
    public RouteRule? RouteOf(string domain, DateTimeOffset now)
    {
        RouteRule? found = null;
        foreach (var rule in Routes)
            if (!rule.IsOver(now) && rule.Covers(domain) && (found is null || rule.Rank > found.Rank)) found = rule;
        return found;
    }

    /// <summary>The routes that stand at this time.</summary>
    public ImmutableArray<RouteRule> StandingRoutes(DateTimeOffset now) => Routes.RemoveAll(rule => rule.IsOver(now));

    /// <summary>The set with one hold more; null where there would be more than <see cref="MaxHolds"/>.</summary>
    public RuleSet? With(HoldRule added) => Holds.Length < MaxHolds ? this with { Revision = Revision + 1, Holds = Holds.Add(added) } : null;

    /// <summary>The set with one route more, which takes the place of an earlier one of the same domains; null where there would be more than <see cref="MaxRoutes"/>.</summary>
    public RuleSet? With(RouteRule added, DateTimeOffset now)
    {
        var kept = Routes.RemoveAll(rule => rule.IsOver(now) || string.Equals(rule.Domains, added.Domains, StringComparison.OrdinalIgnoreCase));
        return kept.Length < MaxRoutes ? this with { Revision = Revision + 1, Routes = kept.Add(added) } : null;
    }

    /// <summary>The set without a hold.</summary>
    public RuleSet WithoutHold(string id) => this with { Revision = Revision + 1, Holds = Holds.RemoveAll(rule => rule.Id == id) };

    /// <summary>The set without a route; null where it does not stand.</summary>
    public RuleSet? WithoutRoute(string id, DateTimeOffset now)
    {
        var standing = StandingRoutes(now);
        var kept = standing.RemoveAll(rule => rule.Id == id);
        return kept.Length < standing.Length ? this with { Revision = Revision + 1, Routes = kept } : null;
    }
}
