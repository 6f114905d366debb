using Mta.Queueing.Operations;

namespace Mta.Queueing.Listing;

/// <summary>Which queues are listed, and in which order. All conditions that are given must hold.</summary>
/// <param name="Limit">At most so many.</param>
/// <param name="Domains">A domain, an address literal, <c>*.domain</c>; <c>*</c> or empty for all.</param>
/// <param name="Order">By what they are sorted.</param>
/// <param name="IsAscending">True where the least comes first.</param>
/// <param name="Site">The site that serves them; empty for any.</param>
/// <param name="Reason">Why mail was deferred there last; <see cref="DeferralReason.None"/> for any.</param>
/// <param name="IsSuspended">Whether a suspension holds them; null for both.</param>
/// <param name="After">Only queues that sort after this; null for the first page.</param>
public sealed record QueueQuery(
    int Limit, string Domains, QueueOrder Order, bool IsAscending, string Site, DeferralReason Reason, bool? IsSuspended, QueuePosition? After)
{
    /// <summary>The deepest of all.</summary>
    public static QueueQuery Deepest(int limit) => new(limit, "", QueueOrder.Depth, false, "", DeferralReason.None, null, null);

    /// <summary>All lanes of one domain.</summary>
    public static QueueQuery Of(string domain) => Deepest(int.MaxValue) with { Domains = domain };

    /// <summary>True where a queue fits, as far as its name, site and last reason tell.</summary>
    public bool Fits(QueueKey queue, string site, DeferralReason lastReason) =>
        (Domains.Length == 0 || Domains == SuspensionScope.EveryDomain || DomainPattern.Covers(Domains, queue.Domain))
        && (Site.Length == 0 || string.Equals(Site, site, StringComparison.OrdinalIgnoreCase))
        && (Reason == DeferralReason.None || Reason == lastReason);
}
