namespace Mta.Queueing.Operations;

/// <summary>A standing hold: mail that its filter means is held, what is queued and what comes later, until the hold ends; then what it held is released.</summary>
/// <param name="Id">Its name, and that of the job that holds what is queued already.</param>
/// <param name="Filter">Which mail. Only what the envelope tells may be a condition, since it is judged when mail comes.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why, in the operator's words; may be empty.</param>
public sealed record HoldRule(string Id, MessageFilter Filter, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>True once its time is over.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;

    /// <summary>False where mail for a domain is not held, whatever its envelope is.</summary>
    public bool MayHold(string domain, DateTimeOffset now) => !IsOver(now) && Filter.CoversDomain(domain);
}
