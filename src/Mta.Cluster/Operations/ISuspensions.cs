using System.Collections.Immutable;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Operations;

/// <summary>Suspends destinations for the whole cluster, and resumes them.</summary>
public interface ISuspensions
{
    /// <summary>The suspensions that stand.</summary>
    /// <exception cref="OrderUnansweredException">Nobody answers now.</exception>
    Task<SuspensionsHeld> ListAsync(CancellationToken cancel);

    /// <summary>Holds mail for a scope from now on; an earlier suspension of the same scope ends. Null where there are too many.</summary>
    /// <param name="scope">What is held.</param>
    /// <param name="until">When it ends by itself; null where it does not.</param>
    /// <param name="by">Who orders it.</param>
    /// <param name="reason">Why; may be empty.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OrderUnansweredException">Nobody answers now; whether it was taken is not known, and it may be ordered again.</exception>
    Task<SuspensionOrdered?> SuspendAsync(SuspensionScope scope, DateTimeOffset? until, string by, string reason, CancellationToken cancel);

    /// <summary>Ends a suspension. Null where it does not stand.</summary>
    /// <param name="id">The suspension.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="OrderUnansweredException">As above.</exception>
    Task<SuspensionsHeld?> ResumeAsync(string id, CancellationToken cancel);
}

/// <summary>The suspensions of the cluster at one moment.</summary>
/// <param name="Items">Those that stand, oldest first.</param>
/// <param name="Pending">Partitions that have not said yet that they keep these.</param>
public sealed record SuspensionsHeld(ImmutableArray<Suspension> Items, ImmutableArray<int> Pending);

/// <summary>A suspension that was ordered.</summary>
/// <param name="Suspension">The suspension.</param>
/// <param name="Pending">Partitions that have not said yet that they keep it; they are told until they do.</param>
public sealed record SuspensionOrdered(Suspension Suspension, ImmutableArray<int> Pending);

/// <summary>The ledger of orders does not answer: its partition is moving, or its database does not answer.</summary>
public sealed class OrderUnansweredException(string message, Exception inner) : Exception(message, inner);
