using Mta.Protocol.Smtp.Labels;

namespace Mta.Cluster.Events;

/// <summary>Something that happened to a message, or to one of its recipients.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
/// <param name="Node">On which node, by its host name.</param>
/// <param name="MessageId">To which message.</param>
/// <param name="Sender">The reverse-path without brackets; empty for the null path, and where it is not in memory.</param>
/// <param name="Recipient">The recipient; of a reception the first; empty where it is not in memory.</param>
/// <param name="Peer">The client, or the host that was asked; empty where nobody was.</param>
/// <param name="Reply">The reply that decided, as it came; empty for a reception.</param>
/// <param name="Reason">Why it waits or was given up; empty otherwise.</param>
/// <param name="Attempt">Which attempt, from 1; of a reception how many recipients.</param>
/// <param name="Size">Octets; 0 where they are not known.</param>
/// <param name="Next">When it is tried again; null where it is not.</param>
/// <param name="Labels">What the message's header says of it; null where it says nothing, and where the envelope is not in memory.</param>
public sealed record MailEvent(
    MailEventKind Kind, DateTimeOffset At, string Node, string MessageId, string Sender, string Recipient, string Peer, string Reply, string Reason, int Attempt, long Size,
    DateTimeOffset? Next, MailLabels? Labels = null);

/// <summary>What can happen to mail.</summary>
public enum MailEventKind
{
    /// <summary>A message was accepted.</summary>
    Received = 0,

    /// <summary>The next hop took it.</summary>
    Delivered = 1,

    /// <summary>It is tried again.</summary>
    Deferred = 2,

    /// <summary>It was given up.</summary>
    Bounced = 3,
}
