using System.Collections.Immutable;

namespace Mta.Queueing.Operations;

/// <summary>
/// All suspensions of the cluster, as one value. Each change makes a set with the next revision, so that whoever keeps a copy knows by one number whether another copy is newer, and takes
/// it whole: what comes twice or late changes nothing.
/// </summary>
/// <param name="Revision">Rises with every change; 0 before the first.</param>
/// <param name="Items">The suspensions, oldest first; one whose time is over may still be among them.</param>
public sealed record SuspensionSet(long Revision, ImmutableArray<Suspension> Items)
{
    /// <summary>The most suspensions that can stand at once: every pull of a queue looks at all of them.</summary>
    public const int MaxItems = 500;

    /// <summary>Before the first order.</summary>
    public static SuspensionSet None { get; } = new(0, []);

    /// <summary>The first suspension that holds a queue at this time; null where none does.</summary>
    /// <param name="domain">The queue's domain.</param>
    /// <param name="site">The site that serves it; empty where none is known yet.</param>
    /// <param name="now">The time.</param>
    public Suspension? Find(string domain, string site, DateTimeOffset now)
    {
        foreach (var item in Items)
            if (!item.IsOver(now) && item.Scope.Covers(domain, site)) return item;
        return null;
    }

    /// <summary>The suspensions that stand at this time.</summary>
    public ImmutableArray<Suspension> Standing(DateTimeOffset now) => Items.RemoveAll(item => item.IsOver(now));

    /// <summary>The set with one more, which takes the place of an earlier one of the same scope; null where there would be more than <see cref="MaxItems"/>.</summary>
    public SuspensionSet? With(Suspension added, DateTimeOffset now)
    {
        var kept = Items.RemoveAll(item => item.IsOver(now) || IsSame(item.Scope, added.Scope));
        return kept.Length < MaxItems ? new SuspensionSet(Revision + 1, kept.Add(added)) : null;
    }

    /// <summary>The set without one; null where it does not stand.</summary>
    public SuspensionSet? Without(string id, DateTimeOffset now)
    {
        var standing = Standing(now);
        var kept = standing.RemoveAll(item => item.Id == id);
        return kept.Length < standing.Length ? new SuspensionSet(Revision + 1, kept) : null;
    }

    private static bool IsSame(SuspensionScope one, SuspensionScope other) =>
        one.Kind == other.Kind && string.Equals(one.Name, other.Name, StringComparison.OrdinalIgnoreCase);
}
