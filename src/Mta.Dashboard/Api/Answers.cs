namespace Mta.Dashboard.Api;

// What the API answers, as far as the pages show it: see /openapi/v1.json. A field that is missing there is null here, so that an older node's answer is read too.

/// <summary>Problem details (RFC 9457).</summary>
public sealed record Problem(string? Title, string? Detail);

/// <summary>Who asks.</summary>
public sealed record Self(string Name, string Role, string By, string Node, string Version);

/// <summary>All nodes.</summary>
public sealed record NodeList(IReadOnlyList<NodeStatus> Items);

/// <summary>A member and what it tells.</summary>
public sealed record NodeStatus(string Node, string Status, bool IsReachable, IReadOnlyList<string> Roles, NodeReport? Report)
{
    /// <summary>What people call it.</summary>
    public string Name => Report?.HostName ?? Node;
}

/// <summary>What a node tells of itself.</summary>
public sealed record NodeReport(
    string HostName, string Version, DateTimeOffset StartedAt, int Processors, double Load, long WorkingSetBytes, int Sessions, int Connections, string Drain, IReadOnlyList<string> Waiting,
    MailCounts? Mail);

/// <summary>What a node has done to mail since its start.</summary>
public sealed record MailCounts(long Accepted, long Delivered, long Deferred, long Bounced);

/// <summary>Where the shards are.</summary>
public sealed record ShardMap(IReadOnlyList<ShardPlace> Shards, IReadOnlyList<string> SilentNodes);

/// <summary>Where a shard is.</summary>
public sealed record ShardPlace(string Shard, string Node, int Entities);

/// <summary>Numbers over several queues.</summary>
public sealed record QueueSums(int Queues, long Depth, long Due, long Deferred, long InFlight, double RateIn, double RateOut);

/// <summary>A page of queues.</summary>
public sealed record QueueList(IReadOnlyList<QueueLine> Items, string? Next, int Count, QueueSums Totals, IReadOnlyList<int> SilentPartitions);

/// <summary>One domain queue.</summary>
public sealed record QueueLine(
    string Queue, int Depth, int Due, int Deferred, int InFlight, double RateIn, double RateOut, DateTimeOffset? Oldest, DateTimeOffset? NextDue, string Site, string LastReason, string LastReply,
    int Partition, string? Suspension, int Held, string? Route)
{
    /// <summary>The domain, without the lane.</summary>
    public string Domain => Queue.Split('#')[0];

    /// <summary>True where a suspension holds it.</summary>
    public bool IsSuspended => !string.IsNullOrEmpty(Suspension);
}

/// <summary>The queues of one domain, and what concerns them.</summary>
public sealed record QueueDetail(
    string Domain, IReadOnlyList<QueueLine> Lanes, ExplainedRoute Route, int Connections, ExplainedRetry Schedule, MessageList Messages, IReadOnlyList<int> SilentPartitions);

/// <summary>A page of sites or providers.</summary>
public sealed record SiteList(IReadOnlyList<SiteLine> Items, string? Next, int Count, QueueSums Totals, IReadOnlyList<int> SilentPartitions);

/// <summary>One site, or one provider.</summary>
public sealed record SiteLine(
    string Site, string Provider, int Sites, int Queues, long Depth, long Due, long Deferred, long InFlight, double RateIn, double RateOut, int Connections, int Suspended, string LastReply);

/// <summary>A page of queued mail.</summary>
public sealed record MessageList(IReadOnlyList<MessageLine> Items, string? Next, long Count, IReadOnlyList<int> SilentPartitions);

/// <summary>What is queued of a message for one destination.</summary>
public sealed record MessageLine(
    string Message, int Part, string Queue, DateTimeOffset AcceptedAt, string Sender, IReadOnlyList<string> Recipients, int RecipientCount, long Size, int Attempts, DateTimeOffset? NextDue,
    string LastReason, string LastReply, string? Tenant, string? Campaign, string? MessageIdHeader, string? Hold, string? Route, DateTimeOffset? ExpiresAt)
{
    /// <summary>True where it waits until it is released.</summary>
    public bool IsHeld => !string.IsNullOrEmpty(Hold);
}

/// <summary>What is queued of one message, and what has happened to it.</summary>
public sealed record MessageStory(IReadOnlyList<MessageLine> Items, IReadOnlyList<int> SilentPartitions, ReceptionLine? Reception, IReadOnlyList<AttemptLine>? History);

/// <summary>How a message came.</summary>
public sealed record ReceptionLine(DateTimeOffset At, string Node, long Size, string Trace);

/// <summary>An attempt that left recipients to be tried again.</summary>
public sealed record AttemptLine(
    int Part, string Queue, int Attempt, DateTimeOffset At, string Node, string Source, string Host, string Address, string? Tls, DateTimeOffset NextDue, IReadOnlyList<AttemptResultLine> Results);

/// <summary>What an attempt came to for some recipients.</summary>
public sealed record AttemptResultLine(string Result, string Reason, string Reply, IReadOnlyList<string> Recipients, int RecipientCount);

/// <summary>A message's header section.</summary>
public sealed record MessageHeaders(IReadOnlyList<HeaderLine> Fields, bool Cut);

/// <summary>A header field.</summary>
public sealed record HeaderLine(string Name, string Value);

/// <summary>Where mail goes.</summary>
public sealed record ExplainedRoute(
    string Outcome, string Reply, string Source, string Transport, IReadOnlyList<ExplainedHost> Hosts, string Tls, string TlsSource, string Site, string SiteNode, IReadOnlyList<ExplainedValue> Limits);

/// <summary>A host that mail goes to.</summary>
public sealed record ExplainedHost(string Name, int Port, int Preference);

/// <summary>A value in force.</summary>
public sealed record ExplainedValue(string Name, string Value, string Source);

/// <summary>When deferred mail is tried again.</summary>
public sealed record ExplainedRetry(IReadOnlyList<ExplainedValue> Values, IReadOnlyList<ExplainedAttempt> Attempts);

/// <summary>An attempt, where each before it fails at once.</summary>
public sealed record ExplainedAttempt(int Attempt, double AfterSeconds, bool IsLast);

/// <summary>The suspensions that stand.</summary>
public sealed record SuspensionList(IReadOnlyList<SuspensionLine> Items, IReadOnlyList<int> PendingPartitions);

/// <summary>One suspension.</summary>
public sealed record SuspensionLine(string Id, string Kind, string Name, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason);

/// <summary>The holds that stand.</summary>
public sealed record HoldList(IReadOnlyList<HoldLine> Items, IReadOnlyList<int> PendingPartitions);

/// <summary>One hold.</summary>
public sealed record HoldLine(
    string Id, string Domain, string Sender, string Recipient, string Tenant, string Campaign, string MessageIdHeader, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason)
{
    /// <summary>Which mail it holds.</summary>
    public string Meant => string.Join(' ', new[] { ("", Domain), ("from ", Sender), ("to ", Recipient), ("of ", Tenant), ("campaign ", Campaign), ("Message-ID ", MessageIdHeader) }
        .Where(part => part.Item2.Length > 0).Select(part => part.Item1 + part.Item2));
}

/// <summary>The standing routes.</summary>
public sealed record RouteList(IReadOnlyList<RouteLine> Items, IReadOnlyList<int> PendingPartitions);

/// <summary>One standing route.</summary>
public sealed record RouteLine(string Id, string Domain, string Via, DateTimeOffset Since, DateTimeOffset? Until, string By, string Reason);

/// <summary>Jobs, latest first.</summary>
public sealed record JobList(IReadOnlyList<JobLine> Items);

/// <summary>One job.</summary>
public sealed record JobLine(
    string Id, string Action, string State, long Count, DateTimeOffset OrderedAt, DateTimeOffset? EndedAt, string By, string Reason, string Domain, string Sender, string Recipient,
    DateTimeOffset? AcceptedBefore, string DeferredFor, string Reply, string Message, string? Tenant, string? Campaign, string? MessageIdHeader, string? Hold, string? HeldBy, string? Route,
    IReadOnlyList<int> PendingPartitions);

/// <summary>A page of the audit log.</summary>
public sealed record AuditPage(IReadOnlyList<AuditLine> Items, string? Next);

/// <summary>A record of the audit log.</summary>
public sealed record AuditLine(
    long Id, DateTimeOffset At, string Who, string Origin, string Node, string Action, string Target, string Detail, DateTimeOffset? EndedAt, string Outcome);
