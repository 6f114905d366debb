using System.Collections.Immutable;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

namespace Mta.Cluster.Spool.History;

/// <summary>An attempt that left some recipients of a ref to be tried again.</summary>
/// <param name="Id">The ref.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="At">When it ended.</param>
/// <param name="Node">The node that made it, by its host name.</param>
/// <param name="Peer">Who was asked; null where nobody was.</param>
/// <param name="Due">When the next one was to be made.</param>
/// <param name="Results">What it came to, once for recipients to whom the same happened.</param>
public sealed record StoredAttempt(
    RefId Id, int Attempt, DateTimeOffset At, string Node, DeliveryPeer? Peer, DateTimeOffset Due, ImmutableArray<StoredAttemptResult> Results);

/// <summary>What an attempt came to for some recipients.</summary>
/// <param name="Result">What became of them.</param>
/// <param name="Reason">Why they wait; <see cref="DeferralReason.None"/> where they do not.</param>
/// <param name="Reply">The reply that decided, escaped as in a log.</param>
/// <param name="Recipients">The first of them; none where the envelope was not in memory.</param>
/// <param name="Count">How many there were; 0 where that was not known.</param>
public sealed record StoredAttemptResult(AttemptResult Result, DeferralReason Reason, string Reply, ImmutableArray<string> Recipients, int Count);
