using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using Mta.Cluster.Operations;
using Mta.Queueing;
using Mta.Queueing.Listing;

namespace Mta.Node.Management;

/// <summary>Which queues are listed, in which order, and which page: the parameters of <c>/api/v1/queues</c>.</summary>
/// <param name="Sort">depth, due, deferred, inFlight, oldest, rateIn, rateOut or name.</param>
/// <param name="Order">asc or desc.</param>
/// <param name="Domain">The destination.</param>
/// <param name="Site">The site.</param>
/// <param name="Reason">The last reason.</param>
/// <param name="Suspended">Whether a suspension holds them.</param>
/// <param name="Cursor">Which page.</param>
/// <param name="Limit">The most queues.</param>
internal sealed record QueueListOrder(
    [property: Description("depth (where nothing is given), due, deferred, inFlight, oldest, rateIn, rateOut or name")] string? Sort,
    [property: Description("asc or desc; where it is not given, the greatest number, the oldest message or the first name comes first")] string? Order,
    [property: Description("A domain, an address literal, *.domain for all below it, or * for all")] string? Domain,
    [property: Description("The site that serves them, as a line names it")] string? Site,
    [property: Description("Why mail was deferred there last, as a line names it")] string? Reason,
    [property: Description("true: those that a suspension holds; false: the others")] bool? Suspended,
    [property: Description("`next` of the page before, with the same parameters")] string? Cursor,
    [property: Description("The most queues, 0 to 1000; 100 where nothing is given. With 0 there are only totals and count")] int? Limit)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;
    private const int LongestSite = 300;

    private static readonly Dictionary<string, (QueueOrder Order, bool IsAscending)> Sorts = new(StringComparer.Ordinal)
    {
        ["depth"] = (QueueOrder.Depth, false),
        ["due"] = (QueueOrder.Due, false),
        ["deferred"] = (QueueOrder.Deferred, false),
        ["inFlight"] = (QueueOrder.InFlight, false),
        ["oldest"] = (QueueOrder.Oldest, true),
        ["rateIn"] = (QueueOrder.RateIn, false),
        ["rateOut"] = (QueueOrder.RateOut, false),
        ["name"] = (QueueOrder.Name, true),
    };

    /// <summary>The query; else the problem.</summary>
    public bool TryRead(out QueueQuery query, out ProblemHttpResult? problem)
    {
        query = QueueQuery.Deepest(Limit ?? DefaultLimit);
        problem = ProblemOf();
        if (problem is not null)
            return false;
        (QueueOrder order, bool isAscending) = Sorts[Sort ?? "depth"];
        query = query with
        {
            Domains = !string.IsNullOrEmpty(Domain) && DomainScope.TryRead(Domain, out string domains) ? domains : "",
            Order = order,
            IsAscending = Order is null ? isAscending : Order == "asc",
            Site = Site ?? "",
            Reason = DeferralReasons.TryParse(Reason, out DeferralReason reason) ? reason : DeferralReason.None,
            IsSuspended = Suspended,
        };
        if (string.IsNullOrEmpty(Cursor))
            return true;
        if (!QueueCursor.TryRead(Cursor, query, out QueuePosition after))
        {
            problem = Problems.BadValue("cursor", Cursor, "`next` of a page of this list in the same order");
            return false;
        }
        query = query with { After = after };
        return true;
    }

    private ProblemHttpResult? ProblemOf()
    {
        if (Limit is < 0 or > MaxLimit)
            return Problems.BadValue("limit", $"{Limit}", $"0 to {MaxLimit}");
        if (Sort is not null && !Sorts.ContainsKey(Sort))
            return Problems.BadValue("sort", Sort, $"one of {string.Join(", ", Sorts.Keys)}");
        if (Order is not (null or "asc" or "desc"))
            return Problems.BadValue("order", Order, "asc or desc");
        if (!string.IsNullOrEmpty(Domain) && !DomainScope.TryRead(Domain, out _))
            return Problems.BadValue("domain", Domain, DomainScope.Expected);
        if (Site?.Length > LongestSite)
            return Problems.BadValue("site", Site, $"at most {LongestSite} characters");
        return string.IsNullOrEmpty(Reason) || DeferralReasons.TryParse(Reason, out _) ? null : Problems.BadValue("reason", Reason, DeferralReasons.Expected);
    }
}
