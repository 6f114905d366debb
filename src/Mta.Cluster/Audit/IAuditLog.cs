using System.Collections.Immutable;

namespace Mta.Cluster.Audit;

/// <summary>
/// What operators did, in the spool's database, one log for the whole cluster. An action is recorded before it begins and again when it has ended, so that one whose node died in between is
/// there too, without an outcome.
/// </summary>
public interface IAuditLog
{
    /// <summary>Records that an action begins; what cannot be recorded shall not be done.</summary>
    /// <returns>The record's number, which rises.</returns>
    /// <exception cref="AuditUnavailableException">The database does not take it.</exception>
    Task<long> BeginAsync(AuditAction action, CancellationToken cancel);

    /// <summary>Records how the action ended.</summary>
    /// <exception cref="AuditUnavailableException">The database does not take it.</exception>
    Task EndAsync(long id, DateTimeOffset at, string outcome, CancellationToken cancel);

    /// <summary>Records, latest first.</summary>
    /// <param name="before">Only those with a smaller number; null begins with the latest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="who">Only those of this person; empty for all.</param>
    /// <param name="action">Only those of this action; empty for all.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="AuditUnavailableException">The database does not answer.</exception>
    Task<ImmutableArray<AuditEntry>> ListAsync(long? before, int limit, string who, string action, CancellationToken cancel);

    /// <summary>Forgets what began before a time.</summary>
    /// <returns>How many records.</returns>
    /// <exception cref="AuditUnavailableException">The database does not answer.</exception>
    Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancel);
}

/// <summary>An action that an operator orders.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who, by the name of token or certificate.</param>
/// <param name="Origin">From which address.</param>
/// <param name="Node">The node that was asked.</param>
/// <param name="Action">What, as in <c>node.drain</c>.</param>
/// <param name="Target">To what: a node, a queue, a message.</param>
/// <param name="Detail">With which parameters; empty where there are none.</param>
public sealed record AuditAction(DateTimeOffset At, string Who, string Origin, string Node, string Action, string Target, string Detail);

/// <summary>A record of the audit log.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Action">What was ordered.</param>
/// <param name="EndedAt">When it ended; null where it has not, or its node died meanwhile.</param>
/// <param name="Outcome">How it ended; empty where it has not.</param>
public sealed record AuditEntry(long Id, AuditAction Action, DateTimeOffset? EndedAt, string Outcome);

/// <summary>The audit log cannot be written or read.</summary>
public sealed class AuditUnavailableException(string message, Exception inner) : Exception(message, inner);
