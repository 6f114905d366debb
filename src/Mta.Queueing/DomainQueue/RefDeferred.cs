using Mta.Protocol.Smtp;

namespace Mta.Queueing.DomainQueue;

/// <summary>A ref waits for its next attempt: the journal's record, and what the operator sees of it.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempts">How many attempts have been made, at least 1.</param>
/// <param name="Due">When the next is made.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="LastReply">The reply that deferred it, at most <see cref="ReplyInterner.MaxText"/> characters without controls.</param>
public sealed record RefDeferred(RefId Id, int Attempts, DateTimeOffset Due, DeferralReason Reason, SmtpReply LastReply);
