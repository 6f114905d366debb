using Mta.Queueing.DomainQueue;

namespace Mta.Queueing.Operations;

/// <summary>What operators have ordered for one ref, beside what its queue does by itself. Equal orders of many refs are one object.</summary>
/// <param name="Hold">What holds it: <see cref="ByOperator"/>, or the id of a standing hold; empty where nothing does.</param>
/// <param name="Route">Where it goes instead of where its domain does; empty for its domain's way.</param>
/// <param name="ExpiresAt">When it is given up; null where that is not ordered.</param>
/// <param name="Lifetime">How long after its acceptance it is given up; null where that is not ordered.</param>
/// <param name="IsReleased">An operator has released it in spite of the holds that stand, which hold it no more.</param>
public sealed record RefOrder(string Hold, string Route, DateTimeOffset? ExpiresAt, TimeSpan? Lifetime, bool IsReleased)
{
    /// <summary>What holds a ref that a job has held.</summary>
    public const string ByOperator = "operator";

    /// <summary>Nothing is ordered.</summary>
    public static RefOrder None { get; } = new("", "", null, null, IsReleased: false);

    /// <summary>It is not attempted, and does not expire, until it is released.</summary>
    public bool IsHeld => Hold.Length > 0;

    /// <summary>When a ref is given up; null where its domain's schedule says so.</summary>
    public DateTimeOffset? ExpiryOf(DateTimeOffset acceptedAt) => ExpiresAt ?? acceptedAt + Lifetime;

    /// <summary>A deferral of a ref under this order: the last attempt is made when its time is over, not later.</summary>
    public RefDeferred? Limit(RefDeferred? deferral, DateTimeOffset acceptedAt) =>
        deferral is not null && ExpiryOf(acceptedAt) is { } end && end < deferral.Due ? deferral with { Due = end } : deferral;
}
