using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Standing holds and routes, and what is ordered for refs, to and from protobuf. A field that is absent reads as its type's zero.</summary>
internal static class RuleMapping
{
    public static PRules ToProto(this RuleSet set) => new()
    {
        Revision = set.Revision,
        Holds = { set.Holds.OrEmpty().Select(ToProto) },
        Routes = { set.Routes.OrEmpty().Select(ToProto) },
    };

    public static RuleSet ToValue(this PRules? p) =>
        p is null ? RuleSet.None : new RuleSet(p.Revision, [.. p.Holds.Select(ToValue)], [.. p.Routes.Select(ToValue)]);

    public static PHoldRule ToProto(this HoldRule rule)
    {
        var p = new PHoldRule { Id = rule.Id, Filter = rule.Filter.ToProto(), Since = rule.Since.UtcTicks, By = rule.By, Reason = rule.Reason };
        if (rule.Until is { } until)
            p.Until = until.UtcTicks;
        return p;
    }

    public static HoldRule ToValue(this PHoldRule? p) => p is null
        ? new HoldRule("", ((PMessageFilter?)null).ToValue(), default, null, "", "")
        : new HoldRule(p.Id, p.Filter.ToValue(), ValueMapping.ToTime(p.Since), p.HasUntil ? ValueMapping.ToTime(p.Until) : null, p.By, p.Reason);

    public static PRouteRule ToProto(this RouteRule rule)
    {
        var p = new PRouteRule { Id = rule.Id, Domains = rule.Domains, Via = rule.Via, Since = rule.Since.UtcTicks, By = rule.By, Reason = rule.Reason };
        if (rule.Until is { } until)
            p.Until = until.UtcTicks;
        return p;
    }

    public static RouteRule ToValue(this PRouteRule? p) => p is null
        ? new RouteRule("", "", "", default, null, "", "")
        : new RouteRule(p.Id, p.Domains, p.Via, ValueMapping.ToTime(p.Since), p.HasUntil ? ValueMapping.ToTime(p.Until) : null, p.By, p.Reason);

    /// <summary>Writes what is ordered for refs into a snapshot.</summary>
    public static void Write(ImmutableArray<OrderedRef> orders, PDeferrals p)
    {
        var known = new Dictionary<RefOrder, int>();
        foreach (var (id, order) in orders)
        {
            if (!known.TryGetValue(order, out var index))
            {
                index = known.Count;
                known.Add(order, index);
                p.Orders.Add(ToProto(order));
            }
            p.Ordered.Add(new POrderedRef { Id = id.ToProto(), Order = index });
        }
    }

    /// <summary>Reads what is ordered for refs out of a snapshot.</summary>
    public static ImmutableArray<OrderedRef> Read(PDeferrals p)
    {
        var orders = p.Orders.Select(ToValue).ToArray();
        return [.. p.Ordered.Where(o => (uint)o.Order < (uint)orders.Length).Select(o => new OrderedRef(o.Id.ToValue(), orders[o.Order]))];
    }

    private static PRefOrder ToProto(RefOrder order)
    {
        var p = new PRefOrder { Hold = order.Hold, Route = order.Route, IsReleased = order.IsReleased };
        if (order.ExpiresAt is { } expires)
            p.ExpiresAt = expires.UtcTicks;
        if (order.Lifetime is { } lifetime)
            p.Lifetime = lifetime.Ticks;
        return p;
    }

    private static RefOrder ToValue(PRefOrder p) => new(
        p.Hold, p.Route, p.HasExpiresAt ? ValueMapping.ToTime(p.ExpiresAt) : null, p.HasLifetime ? new TimeSpan(p.Lifetime) : null, p.IsReleased);
}
