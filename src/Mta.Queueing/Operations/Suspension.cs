namespace Mta.Queueing.Operations;

/// <summary>An operator's order: mail for these destinations is taken and kept, and not offered for delivery, until it is lifted or its time is over.</summary>
/// <param name="Id">Its name, as the operator sees it.</param>
/// <param name="Scope">What it holds.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why, in the operator's words; may be empty.</param>
public sealed record Suspension(string Id, SuspensionScope Scope, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>True once its time is over.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;
}
