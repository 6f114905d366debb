using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Delivery;

/// <summary>Decides where mail for a domain goes: configured routes by pattern, else MX (RFC 5321 §5).</summary>
public interface IRouter
{
    /// <summary>The route for a domain; never throws for what the DNS does.</summary>
    ValueTask<RouteResult> ResolveAsync(string domain, CancellationToken cancel);

    /// <summary>The route for a domain by the way that an operator has ordered; never throws for what the DNS does.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="via">The way, as <see cref="Routing.RouteTargets"/> reads it.</param>
    /// <param name="cancel">Ends the wait.</param>
    ValueTask<RouteResult> ResolveAsync(string domain, string via, CancellationToken cancel);
}

/// <summary>What routing came to. A closed family.</summary>
public abstract record RouteResult
{
    /// <summary>There is a way.</summary>
    /// <param name="Plan">The way.</param>
    /// <param name="ValidFor">How long it may be used before asking again.</param>
    public sealed record Routed(DeliveryPlan Plan, TimeSpan ValidFor) : RouteResult;

    /// <summary>There is no way now.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Reply">What to tell, for example 451 4.4.3.</param>
    public sealed record Deferred(DeferralReason Reason, SmtpReply Reply) : RouteResult;

    /// <summary>There will be no way: the domain does not exist, or takes no mail (RFC 7505).</summary>
    /// <param name="Reply">What to tell, for example 556 5.1.10.</param>
    public sealed record Rejected(SmtpReply Reply) : RouteResult;
}
