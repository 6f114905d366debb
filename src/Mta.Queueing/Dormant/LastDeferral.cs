using Mta.Protocol.Smtp;

namespace Mta.Queueing.Dormant;

/// <summary>Why mail was deferred in a queue last: what an operator sees of it.</summary>
/// <param name="Reply">The reply that deferred it; null where nothing was deferred.</param>
/// <param name="Reason">Why.</param>
public readonly record struct LastDeferral(SmtpReply? Reply, DeferralReason Reason);
