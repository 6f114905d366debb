namespace Mta.Cluster.Leases;

/// <summary>A lease that this node holds. Its keeper alone changes it.</summary>
internal sealed class HeldLease(LeaseKey key, string owner, LeaseTerms terms, Action<Exception> lost)
{
    public LeaseKey Key => key;

    public string Owner => owner;

    public LeaseTerms Terms => terms;

    /// <summary>Told once, when it is lost.</summary>
    public Action<Exception> Lost => lost;

    /// <summary>The moment of the keeper's clock until which nobody else can have it.</summary>
    public long SureUntil { get; set; }

    /// <summary>Those with the same owner and terms are renewed together.</summary>
    public (string Owner, LeaseTerms Terms) Group => (owner, terms);
}
