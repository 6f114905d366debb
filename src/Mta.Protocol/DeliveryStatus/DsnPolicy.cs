using System.Collections.Immutable;
using Mta.Protocol.Smtp;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>Who is reported (RFC 3461 §4.1, §5.2; RFC 5321 §4.5.5).</summary>
public static class DsnPolicy
{
    /// <summary>Whether the sender is told of one recipient.</summary>
    /// <param name="reversePath">The sender.</param>
    /// <param name="notify">What the sender asked for.</param>
    /// <param name="action">What became of the recipient.</param>
    /// <param name="warnOfDelay">Whether delays are reported to senders that did not say what they want.</param>
    public static bool IsReported(Address reversePath, DsnNotify notify, DsnAction action, bool warnOfDelay)
    {
        // RFC 5321 §4.5.5: no notification is ever sent for what came from the null reverse-path, or mail would go round for ever.
        if (reversePath.IsNull || notify.HasFlag(DsnNotify.Never)) return false;
        return action switch
        {
            // RFC 3461 §4.1: without NOTIFY, failures are reported, and delays as the system likes.
            DsnAction.Failed => notify == DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Failure),
            DsnAction.Delayed => notify == DsnNotify.Unspecified ? warnOfDelay : notify.HasFlag(DsnNotify.Delay),
            DsnAction.Delivered or DsnAction.Relayed or DsnAction.Expanded => notify.HasFlag(DsnNotify.Success),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
        };
    }

    /// <summary>Those of the recipients that the sender is told of, in their order; empty where no notification is to be sent.</summary>
    /// <param name="reversePath">The sender.</param>
    /// <param name="recipients">What became of recipients.</param>
    /// <param name="warnOfDelay">Whether delays are reported to senders that did not say what they want.</param>
    public static ImmutableArray<DsnRecipient> Select(Address reversePath, IEnumerable<DsnRecipient> recipients, bool warnOfDelay)
    {
        ArgumentNullException.ThrowIfNull(recipients);
        return [.. recipients.Where(r => IsReported(reversePath, r.Recipient.Notify, r.Action, warnOfDelay))];
    }
}
