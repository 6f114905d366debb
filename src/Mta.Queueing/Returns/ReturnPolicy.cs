using Mta.Protocol.Smtp;

namespace Mta.Queueing.Returns;

/// <summary>
/// Who is told of what (RFC 3461 §4.1 and §5.2). Nobody is told of a notification's own fate: its reverse-path is null.
/// </summary>
public static class ReturnPolicy
{
    // RFC 3463 §3.5, X.4.7: delivery time expired. Class 5, because the system gives up.
    /// <summary>The status of a recipient that was given up because its time was over.</summary>
    public static EnhancedCode Expired { get; } = new(5, 4, 7);

    /// <summary>True where the sender of <paramref name="envelope"/> is to be told that <paramref name="recipient"/> met <paramref name="action"/>.</summary>
    public static bool IsWanted(Envelope envelope, Recipient recipient, ReturnAction action)
    {
        // RFC 5321 §4.5.5, RFC 3461 §6.1: a null reverse-path gets no notification of any kind.
        if (envelope.ReversePath.IsNull) return false;
        // RFC 3461 §4.1: NEVER stands alone and forbids all.
        if (recipient.Notify.HasFlag(DsnNotify.Never)) return false;
        // RFC 3461 §5.2: without NOTIFY the sender is told of failures, and may be told of delays; never of success.
        var given = recipient.Notify == DsnNotify.Unspecified ? DsnNotify.Failure | DsnNotify.Delay : recipient.Notify;
        return given.HasFlag(KeywordFor(action));
    }

    /// <summary>The status of a reply: its enhanced code, else one that says no more than its class (RFC 3464 §2.3.4).</summary>
    public static EnhancedCode StatusOf(SmtpReply reply) =>
        reply.Enhanced.HasValue ? reply.Enhanced : new EnhancedCode((byte)(reply.Code / 100), 0, 0);

    private static DsnNotify KeywordFor(ReturnAction action) => action switch
    {
        ReturnAction.Failed => DsnNotify.Failure,
        ReturnAction.Delayed => DsnNotify.Delay,
        ReturnAction.Delivered or ReturnAction.Relayed => DsnNotify.Success,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "unknown action"),
    };
}
