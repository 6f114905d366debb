using System.Collections.Immutable;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Orders holds and routes that stand for the whole cluster, for mail that is queued and mail that comes later; and ends them.</summary>
public interface IStandingRules
{
    /// <summary>The holds and routes that stand.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    Task<RulesHeld> ListAsync(CancellationToken cancel);

    /// <summary>Holds mail that a filter means from now on; the job of the same id holds what is queued already. Null where there are too many holds or jobs.</summary>
    /// <param name="filter">Which mail; only what the envelope tells may be a condition.</param>
    /// <param name="until">When it ends by itself; null where it does not.</param>
    /// <param name="by">Who orders it.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OrderUnansweredException">Nobody answers now; whether it was taken is not known.</exception>
    Task<HoldOrdered?> HoldAsync(MessageFilter filter, DateTimeOffset? until, string by, string reason, CancellationToken cancel);

    /// <summary>Ends a hold; a job releases what it held.</summary>
    /// <param name="id">The hold.</param>
    /// <param name="by">Who orders it.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OrderUnansweredException">As above.</exception>
    Task<HoldEnded> EndHoldAsync(string id, string by, CancellationToken cancel);

    /// <summary>Sends mail for some domains another way from now on. An earlier route for the same domains ends. Null where there are too many.</summary>
    /// <param name="domains">The domains, as <see cref="DomainScope"/> reads them.</param>
    /// <param name="via">The way, as <see cref="Delivery.Routing.RouteTargets"/> reads it.</param>
    /// <param name="until">When it ends by itself; null where it does not.</param>
    /// <param name="by">Who orders it.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OrderUnansweredException">As above.</exception>
    Task<RouteOrdered?> RouteAsync(string domains, string via, DateTimeOffset? until, string by, string reason, CancellationToken cancel);

    /// <summary>Ends a route. Null where it does not stand.</summary>
    /// <exception cref="OrderUnansweredException">As above.</exception>
    Task<RulesHeld?> EndRouteAsync(string id, CancellationToken cancel);
}

/// <summary>The standing holds and routes of the cluster at one moment.</summary>
/// <param name="Set">All of them.</param>
/// <param name="Pending">Partitions that have not said yet that they keep these.</param>
public sealed record RulesHeld(RuleSet Set, ImmutableArray<int> Pending);

/// <summary>A hold that was ordered.</summary>
/// <param name="Rule">The hold.</param>
/// <param name="Pending">Partitions that have not said yet that they keep it; they are told until they do.</param>
public sealed record HoldOrdered(HoldRule Rule, ImmutableArray<int> Pending);

/// <summary>What came of the order to end a hold.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Job">The job that releases what it held.</param>
/// <param name="Held">The holds that stand.</param>
public sealed record HoldEnded(Contracts.OrderOutcome Outcome, string Job, RulesHeld Held);

/// <summary>A route that was ordered.</summary>
/// <param name="Rule">The route.</param>
/// <param name="Pending">Partitions that have not said yet that they keep it; they are told until they do.</param>
public sealed record RouteOrdered(RouteRule Rule, ImmutableArray<int> Pending);
