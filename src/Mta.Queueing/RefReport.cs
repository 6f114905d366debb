using System.Collections.Immutable;

namespace Mta.Queueing;

/// <summary>What became of one ref in one attempt.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Outcomes">
/// One outcome for each recipient of the <see cref="QueuedRef.Envelope"/> that was handed out, in its order;
/// empty where the ref was not attempted and is handed back as it was.
/// </param>
/// <param name="Peer">Who was asked; null where nobody was.</param>
public sealed record RefReport(RefId Id, ImmutableArray<RecipientOutcome> Outcomes, DeliveryPeer? Peer)
{
    /// <summary>True where the ref comes back without an attempt: it counts no attempt and is ready at once.</summary>
    public bool NotAttempted => Outcomes.IsDefaultOrEmpty;
}

/// <summary>The other end of a delivery, for logs and notifications.</summary>
/// <param name="Host">The host's name, or the path of a Maildir or socket.</param>
/// <param name="Endpoint">Address and port, or the empty string.</param>
/// <param name="Tls">TLS version and cipher, or null in clear.</param>
public sealed record DeliveryPeer(string Host, string Endpoint, string? Tls)
{
    /// <summary>The node that asked, by its host name; empty where that is not known.</summary>
    public string Node { get; init; } = "";

    /// <summary>The address that it asked from; empty where there is none.</summary>
    public string Source { get; init; } = "";
}
