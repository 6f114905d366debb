using Mta.Protocol.Smtp.Dialogue;

namespace Mta.Cluster.Dialogues;

/// <summary>A line of a dialogue on some node.</summary>
/// <param name="Dialogue">Which dialogue; unique in the cluster.</param>
/// <param name="Node">On which node, by its host name.</param>
/// <param name="At">When.</param>
/// <param name="From">Who said it.</param>
/// <param name="Text">What; never a secret.</param>
/// <param name="Octets">Of content how many octets; 0 otherwise.</param>
/// <param name="IsLast">The dialogue is over.</param>
public sealed record DialogueEntry(string Dialogue, string Node, DateTimeOffset At, DialogueFrom From, string Text, long Octets, bool IsLast);

/// <summary>Whose dialogue somebody wants to see: of the next session of a client, or of the next delivery to a domain.</summary>
/// <param name="Client">The client's address; empty for a delivery.</param>
/// <param name="Domain">The recipient domain, in lower-case A-labels; empty for a session.</param>
/// <param name="Site">The site that mail for the domain goes to, as far as is known: connections to it are shown from their beginning; empty where it is not known.</param>
public sealed record DialogueFilter(string Client, string Domain, string Site)
{
    /// <summary>The next session of a client.</summary>
    public static DialogueFilter OfSession(string client) => new(client, "", "");

    /// <summary>The next delivery to a domain.</summary>
    public static DialogueFilter OfDelivery(string domain, string site) => new("", domain, site);
}
