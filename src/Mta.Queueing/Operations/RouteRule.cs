namespace Mta.Queueing.Operations;

/// <summary>A standing route: mail for these domains goes this way, whatever configuration and DNS say, until it ends.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Domains">A domain in A-labels, an address literal, <c>*.domain</c>, or <c>*</c> for all.</param>
/// <param name="Via">The way, in the router's words.</param>
/// <param name="Since">When it was ordered.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why, in the operator's words; may be empty.</param>
public sealed record RouteRule(string Id, string Domains, string Via, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>True once its time is over.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;

    /// <summary>True where it stands for a domain.</summary>
    public bool Covers(string domain) => Domains == SuspensionScope.EveryDomain || DomainPattern.Covers(Domains, domain);

    /// <summary>Of two that stand for a domain the one with the higher rank holds: an exact name, then the longer suffix, then all.</summary>
    public int Rank => Domains == SuspensionScope.EveryDomain ? 0 : Domains.StartsWith("*.", StringComparison.Ordinal) ? Domains.Length : int.MaxValue;
}
