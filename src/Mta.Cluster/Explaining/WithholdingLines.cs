using System.Collections.Immutable;
using Mta.Cluster.Operations;
using Mta.Protocol.Smtp;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Explaining;

/// <summary>Which orders keep mail for a recipient back.</summary>
internal static class WithholdingLines
{
    /// <summary>The suspensions of its destination, and the standing holds that hold mail for it: all of it, or that which meets a condition.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="site">The site that its mail goes to; empty where there is none.</param>
    /// <param name="suspensions">The suspensions that stand.</param>
    /// <param name="rules">The rules that stand.</param>
    /// <param name="now">The time.</param>
    public static ImmutableArray<ExplainedOrder> Of(Address recipient, string site, SuspensionsHeld suspensions, RuleSet rules, DateTimeOffset now) =>
    [
        .. suspensions.Items.Where(s => !s.IsOver(now) && s.Scope.Covers(recipient.Domain, site))
            .Select(s => new ExplainedOrder("suspension", s.Id, s.Scope.ToString(), "", s.Until, s.By, s.Reason)),
        .. rules.Holds.Where(h => h.MayHold(recipient.Domain, now) && h.Filter.MayBeFor(recipient))
            .Select(h => new ExplainedOrder("hold", h.Id, $"domain {h.Filter.Domains}", ConditionsOf(h.Filter), h.Until, h.By, h.Reason)),
    ];

    // What only the envelope tells.
    private static string ConditionsOf(MessageFilter filter)
    {
        (string Name, string Value)[] conditions =
            [("sender", filter.Sender), ("tenant", filter.Tenant), ("campaign", filter.Campaign), ("Message-ID", filter.MessageIdHeader)];
        return string.Join(", ", conditions.Where(c => c.Value.Length > 0).Select(c => $"{c.Name} {c.Value}"));
    }
}
