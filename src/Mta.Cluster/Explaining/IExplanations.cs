using Mta.Protocol.Smtp;

namespace Mta.Cluster.Explaining;

/// <summary>Says what would happen to mail.</summary>
public interface IExplanations
{
    /// <summary>Explains what would happen to mail for a recipient. Asks the DNS and the cluster, and sends nothing.</summary>
    /// <param name="recipient">The recipient, with a domain.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<Explanation> ExplainAsync(Address recipient, CancellationToken cancel);
}
