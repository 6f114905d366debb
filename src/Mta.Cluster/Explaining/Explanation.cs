using System.Collections.Immutable;

namespace Mta.Cluster.Explaining;

/// <summary>What would happen to mail for a recipient, now and without sending any.</summary>
/// <param name="Recipient">The address in canonical form.</param>
/// <param name="Queues">The queues that the mail may stand in: one, or the lanes of a domain that has several.</param>
/// <param name="Route">Where it goes.</param>
/// <param name="WithheldBy">The orders that keep it back, suspensions and standing holds; null where nobody can tell them now.</param>
/// <param name="Retry">When it is tried again, where it is deferred.</param>
public sealed record Explanation(string Recipient, ImmutableArray<ExplainedQueue> Queues, ExplainedRoute Route, ImmutableArray<ExplainedOrder>? WithheldBy, ExplainedRetry Retry);

/// <summary>A domain queue.</summary>
/// <param name="Queue">The domain, and the lane where it has several.</param>
/// <param name="Partition">The partition that owns it.</param>
/// <param name="Node">The node that owns the partition, as host and port; empty while none does.</param>
/// <param name="Depth">Refs that stand in it now; null where the partition does not answer.</param>
/// <param name="Oldest">When the oldest of them was accepted.</param>
/// <param name="LastReply">The last reply that deferred mail here; empty where there was none.</param>
public sealed record ExplainedQueue(string Queue, int Partition, string Node, int? Depth, DateTimeOffset? Oldest, string LastReply);

/// <summary>Where mail goes.</summary>
/// <param name="Outcome"><c>routed</c>, <c>deferred</c> (there is no way now) or <c>rejected</c> (there will be none).</param>
/// <param name="Reply">What is told where there is no way; empty otherwise.</param>
/// <param name="Source">The key of the configuration that decided: a route, or <c>MX records</c>.</param>
/// <param name="Transport">smtp, lmtp, lmtpUnix or maildir; empty where there is no way.</param>
/// <param name="Hosts">Where to, in the order in which they are tried.</param>
/// <param name="Tls">The TLS policy.</param>
/// <param name="TlsSource">The key that it comes from.</param>
/// <param name="Site">The site, which shares limits among all domains with these hosts; empty where there is no way.</param>
/// <param name="SiteNode">The node that owns the site's shard, as host and port; empty where that is not known.</param>
/// <param name="Limits">The limits in force.</param>
public sealed record ExplainedRoute(
    string Outcome, string Reply, string Source, string Transport, ImmutableArray<ExplainedHost> Hosts, string Tls, string TlsSource, string Site, string SiteNode,
    ImmutableArray<ExplainedValue> Limits);

/// <summary>An operator's order that keeps mail back.</summary>
/// <param name="Kind"><c>suspension</c> or <c>hold</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Scope">The destinations that it is for.</param>
/// <param name="Conditions">What a message must be, too, as in <c>sender *@example.org</c>; empty where it keeps back all.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Reason">Why; may be empty.</param>
public sealed record ExplainedOrder(string Kind, string Id, string Scope, string Conditions, DateTimeOffset? Until, string By, string Reason);

/// <summary>A host that mail goes to.</summary>
/// <param name="Name">Its name, address or path.</param>
/// <param name="Port">The TCP port; 0 for paths.</param>
/// <param name="Preference">Lower is better.</param>
public sealed record ExplainedHost(string Name, int Port, int Preference);

/// <summary>A value in force.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value, as a configuration writes it.</param>
/// <param name="Source">The key of the configuration that it comes from.</param>
public sealed record ExplainedValue(string Name, string Value, string Source);

/// <summary>When deferred mail is tried again.</summary>
/// <param name="Values">What the schedule is made of.</param>
/// <param name="Attempts">The attempts, where each fails at once and without jitter; the first hundred.</param>
public sealed record ExplainedRetry(ImmutableArray<ExplainedValue> Values, ImmutableArray<ExplainedAttempt> Attempts);

/// <summary>An attempt.</summary>
/// <param name="Attempt">Which, from 1.</param>
/// <param name="AfterSeconds">How long after the acceptance, in seconds.</param>
/// <param name="IsLast">The mail is returned where this one fails.</param>
public sealed record ExplainedAttempt(int Attempt, double AfterSeconds, bool IsLast);
