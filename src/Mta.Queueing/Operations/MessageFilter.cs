using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Labels;
using Mta.Queueing.DomainQueue;

namespace Mta.Queueing.Operations;

/// <summary>
/// Which of the queued mail is meant: all conditions that are given must hold. A ref is judged in two steps, so that envelopes are read only where they decide.
/// </summary>
/// <param name="Domains">A domain, an address literal, <c>*.domain</c>, or <c>*</c> for all.</param>
/// <param name="Sender">The reverse-path: an address, <c>*@domain</c> for all of a domain, <c>&lt;&gt;</c> for the null one; empty for any.</param>
/// <param name="Recipient">A recipient's address; empty for any.</param>
/// <param name="AcceptedBefore">Accepted before this; null for any time.</param>
/// <param name="Reason">Deferred last for this reason; <see cref="DeferralReason.None"/> for any, and for mail that was never deferred.</param>
/// <param name="Reply">Stands in the last reply that deferred it, whatever the case of its letters; empty for any.</param>
/// <param name="Message">The message's id; empty for any.</param>
/// <param name="Tenant">Whose mail it is; empty for any.</param>
/// <param name="Campaign">The mailing that it belongs to; empty for any.</param>
/// <param name="MessageIdHeader">Its Message-ID field without the brackets; empty for any.</param>
public sealed record MessageFilter(
    string Domains, string Sender, string Recipient, DateTimeOffset? AcceptedBefore, DeferralReason Reason, string Reply, string Message,
    string Tenant = "", string Campaign = "", string MessageIdHeader = "")
{
    /// <summary>All that is queued.</summary>
    public static MessageFilter All { get; } = new(SuspensionScope.EveryDomain, "", "", null, DeferralReason.None, "", "");

    /// <summary>Stands for anything that holds mail.</summary>
    public const string HeldByAnything = "*";

    /// <summary>
    /// Held by this: <see cref="HeldByAnything"/>, <see cref="RefOrder.ByOperator"/>, or the id of a standing hold; empty for what is not held; null for any.
    /// </summary>
    public string? Hold { get; init; }

    /// <summary>True where an envelope alone tells what is meant, so that it can be judged when mail comes: of each condition that it may have.</summary>
    public bool IsOfEnvelope => AcceptedBefore is null && Reason == DeferralReason.None && Reply.Length == 0 && Message.Length == 0 && Hold is null;

    /// <summary>True where a ref's envelope has to be looked at too.</summary>
    public bool NeedsEnvelope => Sender.Length + Recipient.Length + Tenant.Length + Campaign.Length + MessageIdHeader.Length > 0;

    /// <summary>False where a ref is not meant, whatever its envelope is.</summary>
    /// <param name="id">The ref.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="acceptedAt">When its message was accepted.</param>
    /// <param name="deferral">Its last deferral; null where there is none.</param>
    /// <param name="order">What is ordered for it; null where nothing is.</param>
    public bool MayMatch(RefId id, QueueKey queue, DateTimeOffset acceptedAt, RefDeferred? deferral, RefOrder? order = null) =>
        (Message.Length == 0 || Message.Equals(id.Message.ToString(), StringComparison.OrdinalIgnoreCase))
        && CoversDomain(queue.Domain)
        && (Hold is null || IsHeldBy(order?.Hold ?? ""))
        && (AcceptedBefore is not { } before || acceptedAt < before)
        && (Reason == DeferralReason.None || deferral?.Reason == Reason)
        && (Reply.Length == 0 || deferral?.LastReply.ToString().Contains(Reply, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>True where mail for a domain may be meant.</summary>
    public bool CoversDomain(string domain) => Domains == SuspensionScope.EveryDomain || DomainPattern.Covers(Domains, domain);

    /// <summary>True where an envelope is meant, as far as it decides.</summary>
    public bool Matches(Envelope envelope)
    {
        if (!IsSender(envelope.ReversePath) || !IsLabelled(envelope.Labels ?? MailLabels.None)) return false;
        if (Recipient.Length == 0) return true;
        foreach (var recipient in envelope.Recipients)
            if (MayBeFor(recipient.Address)) return true;
        return false;
    }

    /// <summary>True where mail for a recipient may be meant.</summary>
    public bool MayBeFor(Address recipient) => Recipient.Length == 0 || IsSame(Recipient, recipient);

    // Names that somebody gave are compared as they were given: RFC 5322 §3.6.4 knows no case of a Message-ID either.
    private bool IsLabelled(MailLabels labels) =>
        (Tenant.Length == 0 || Tenant == labels.Tenant) && (Campaign.Length == 0 || Campaign == labels.Campaign) && (MessageIdHeader.Length == 0 || MessageIdHeader == labels.MessageId);
    private bool IsHeldBy(string hold) => Hold == HeldByAnything ? hold.Length > 0 : hold == Hold;

    private bool IsSender(Address address) => Sender switch
    {
        "" => true,
        "<>" => address.IsNull,
        ['*', '@', .. var domain] => string.Equals(domain, address.Domain, StringComparison.OrdinalIgnoreCase),
        _ => IsSame(Sender, address),
    };

    // RFC 5321 §2.4 lets a host tell local parts apart by case; whoever looks for mail does not want to guess.
    private static bool IsSame(string text, Address address) => string.Equals(text, address.ToString(), StringComparison.OrdinalIgnoreCase);
}
