using System.Collections.Immutable;
using System.Globalization;
using Mta.Cluster.Delivery;
using Mta.Queueing.Schedule;
using Mta.Queueing.Site;

namespace Mta.Cluster.Explaining;

/// <summary>The limits of a site, and where each comes from. Pure.</summary>
internal static class LimitLines
{
    /// <summary>The lines.</summary>
    /// <param name="found">The limits in force, and the entry of <c>delivery.sites</c> that had a say.</param>
    public static ImmutableArray<ExplainedValue> Of((SiteLimits Limits, string? Pattern, SiteOverrideOptions? Own) found)
    {
        var (limits, pattern, own) = found;
        return
        [
            Line("maxConnections", limits.MaxConnections.ToString(CultureInfo.InvariantCulture), own?.MaxConnections is not null),
            Line("messagesPerConnection", limits.MessagesPerConnection.ToString(CultureInfo.InvariantCulture), own?.MessagesPerConnection is not null),
            Line("batchSize", limits.BatchSize.ToString(CultureInfo.InvariantCulture), own?.BatchSize is not null),
            Line("idleTimeout", ScheduleText.Duration(limits.IdleTimeout), own?.IdleTimeout is not null),
            Line("unreachablePause", ScheduleText.Duration(limits.UnreachablePause), false),
            Line("unreachablePauseMax", ScheduleText.Duration(limits.UnreachablePauseMax), false),
        ];

        ExplainedValue Line(string name, string value, bool isOwn) => new(name, value, isOwn ? $"delivery.sites.{pattern}.{name}" : $"delivery.limits.{name}");
    }
}
