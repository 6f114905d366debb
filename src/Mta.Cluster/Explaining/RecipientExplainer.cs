using System.Collections.Immutable;
using Mta.Cluster.Contracts;
using Mta.Cluster.Delivery;
using Mta.Cluster.Delivery.Routing;
using Mta.Cluster.Delivery.Sites;
using Mta.Cluster.Nodes;
using Mta.Cluster.Operations;
using Mta.Cluster.Queues;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.Intake;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Explaining;

/// <summary>Asks who would decide: the map of partitions, the router, the limits, the retry policies.</summary>
internal sealed class RecipientExplainer(
    QueueOptions queues, DeliveryOptions delivery, IRouter router, IQueueQueries live, IClusterControl cluster, IStandingRules rules,
    ISuspensions suspensions, TimeProvider clock) : IExplanations
{
    private const string ByMx = "MX records";

    private readonly PartitionMap _partitions = new(queues.Partitions);
    private readonly RouteTable _routes = new(delivery.Routes);
    private readonly SiteLimitTable _limits = new(delivery);
    private readonly RetryExplainer _retry = new(queues);

    /// <inheritdoc/>
    public async Task<Explanation> ExplainAsync(Address recipient, CancellationToken cancel)
    {
        var standing = live.FindAsync(recipient.Domain, cancel);
        var owners = cluster.ShardsAsync(ShardExtractors.PartitionType, cancel);
        var sites = cluster.ShardsAsync(ShardExtractors.SiteType, cancel);
        var suspended = OrNullAsync(suspensions.ListAsync(cancel));
        var standingRules = (await OrNullAsync(rules.ListAsync(cancel)).ConfigureAwait(false))?.Set;
        var rule = standingRules?.RouteOf(recipient.Domain, clock.GetUtcNow());
        var route = rule is null
            ? await router.ResolveAsync(recipient.Domain, cancel).ConfigureAwait(false)
            : await router.ResolveAsync(recipient.Domain, rule.Via, cancel).ConfigureAwait(false);
        var held = await suspended.ConfigureAwait(false);
        return new Explanation(
            recipient.ToString(),
            QueuesOf(recipient.Domain, await standing.ConfigureAwait(false), await owners.ConfigureAwait(false)),
            RouteOf(SourceOf(recipient.Domain, rule, isKnown: standingRules is not null), route, await sites.ConfigureAwait(false)),
            held is null || standingRules is null
                ? null
                : WithholdingLines.Of(recipient, route is RouteResult.Routed { Plan: var plan } ? plan.Site : "", held, standingRules, clock.GetUtcNow()),
            _retry.Of(recipient.Domain));
    }

    private ImmutableArray<ExplainedQueue> QueuesOf(string domain, ImmutableArray<QueueStatus> standing, ShardMap? owners)
    {
        var lanes = _retry.LanesOf(domain);
        return [.. Enumerable.Range(0, lanes).Select(lane => QueueOf(new QueueKey(domain, lane), standing, owners))];
    }

    private ExplainedQueue QueueOf(QueueKey queue, ImmutableArray<QueueStatus> standing, ShardMap? owners)
    {
        var partition = _partitions.PartitionOf(queue);
        var status = standing.FirstOrDefault(s => s.Queue == queue);
        var node = NodeOf(owners, partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
        // A queue without mail is not listed; where nobody owns the partition, nobody could say.
        int? depth = status is not null ? status.Depth : node.Length > 0 ? 0 : null;
        return new ExplainedQueue(queue.ToString(), partition, node, depth, status?.Oldest, status?.LastReply ?? "");
    }

    // Null where nobody answers now; that is told, and the rest is explained.
    private static async Task<T?> OrNullAsync<T>(Task<T> asked)
        where T : class
    {
        try
        {
            return await asked.ConfigureAwait(false);
        }
        catch (OrderUnansweredException)
        {
            return null;
        }
    }

    private ExplainedRoute RouteOf((string Source, RouteOptions? Route) from, RouteResult result, ShardMap? sites)
    {
        var (source, route) = from;
        var (tls, tlsSource) = TlsOf(route);
        return result switch
        {
            RouteResult.Routed { Plan: var plan } => Routed(plan, source, tlsSource, sites),
            RouteResult.Deferred deferred => NoWay("deferred", deferred.Reply, source, tls, tlsSource),
            RouteResult.Rejected rejected => NoWay("rejected", rejected.Reply, source, tls, tlsSource),
            _ => throw new ArgumentOutOfRangeException(nameof(result), result, "unknown result"),
        };
    }

    private ExplainedRoute Routed(DeliveryPlan plan, string source, string tlsSource, ShardMap? sites) => new(
        "routed", "", source, Spelling(plan.Transport), [.. plan.Hosts.Select(h => new ExplainedHost(h.Name, h.Port, h.Preference))], Spelling(plan.Tls), tlsSource, plan.Site,
        NodeOf(sites, ShardExtractors.Sites.ShardId(plan.Site)), LimitLines.Of(_limits.Find(plan)));

    private static ExplainedRoute NoWay(string outcome, SmtpReply reply, string source, TlsPolicy tls, string tlsSource) =>
        new(outcome, reply.ToString(), source, "", [], Spelling(tls), tlsSource, "", "", []);

    private (string Source, RouteOptions? Route) SourceOf(string domain, RouteRule? rule, bool isKnown)
    {
        if (rule is not null)
        {
            var named = RouteTargets.NameOf(rule.Via) is { } name ? _routes.Named(name) : null;
            return ($"standing route {rule.Id} of {rule.Domains} via {rule.Via}{(named is null ? "" : $", {KeyOf(named)}")}", named);
        }
        var unknown = isKnown ? "" : "; standing routes are not known now";
        var route = _routes.Find(domain);
        if (route is null)
            return (ByMx + unknown, null);
        return ((route.Via == RouteVia.Mx ? $"{ByMx}, by {KeyOf(route)}" : KeyOf(route)) + unknown, route);
    }

    private string KeyOf(RouteOptions route) => $"delivery.routes[{delivery.Routes.IndexOf(route)}]";

    private (TlsPolicy Policy, string Source) TlsOf(RouteOptions? route) => route switch
    {
        { Tls: { } own } => (own, $"{KeyOf(route)}.tls"),
        null or { Via: RouteVia.Mx or RouteVia.Hosts } => (delivery.Tls, "delivery.tls"),
        _ => (TlsPolicy.None, "what is usual for this transport"),
    };

    private static string NodeOf(ShardMap? map, string shard) => map?.Shards.FirstOrDefault(s => s.Shard == shard)?.Node ?? "";

    private static string Spelling<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
