using System.Globalization;
using Microsoft.Extensions.Logging;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Telemetry;

/// <summary>What the queues log. <see cref="Attempted"/> escapes; every other text is this system's own.</summary>
internal static partial class QueueLog
{
    /// <summary>One line for a recipient's attempt.</summary>
    public static void Attempted(this ILogger log, AttemptRecord record, int partition, long epoch)
    {
        if (!log.IsEnabled(LogLevel.Information))
            return;
        var (id, to, from) = (record.Id.Message.ToString(), Path(record.Recipient), Path(record.Sender));
        var (host, endpoint, tls) = (LogText.Escape(record.Peer?.Host), LogText.Escape(record.Peer?.Endpoint), record.Peer?.Tls ?? "-");
        var reply = LogText.Escape(record.Reply.ToString());
        var delay = (record.At - record.AcceptedAt).TotalSeconds;
        switch (record.Result)
        {
            case AttemptResult.Delivered:
                log.Delivered(id, to, from, host, endpoint, tls, record.Attempt, delay, reply, partition, epoch);
                break;
            case AttemptResult.Deferred:
                log.Deferred(id, to, from, host, endpoint, record.Reason, record.Attempt, record.Due ?? default, reply, partition, epoch);
                break;
            default:
                log.Bounced(id, to, from, host, endpoint, record.Result == AttemptResult.Expired ? "expired" : "rejected", record.Attempt, delay, reply, partition, epoch);
                break;
        }
    }

    /// <summary>An operator has suspended destinations.</summary>
    public static void Suspended(this ILogger log, Suspension suspension) => log.Suspended(
        suspension.Id, LogText.Escape(suspension.Scope.ToString()), suspension.Until?.ToString("O", CultureInfo.InvariantCulture) ?? "it is resumed",
        LogText.Escape(suspension.By), LogText.Escape(suspension.Reason));

    /// <summary>An operator has resumed them.</summary>
    public static void Resumed(this ILogger log, Suspension suspension) => log.Resumed(suspension.Id, LogText.Escape(suspension.Scope.ToString()));

    /// <summary>An operator has ordered a standing hold.</summary>
    public static void HoldOrdered(this ILogger log, HoldRule rule) => log.HoldOrdered(
        rule.Id, LogText.Escape(rule.Filter.ToString()), End(rule.Until), LogText.Escape(rule.By), LogText.Escape(rule.Reason));

    /// <summary>A standing hold has ended.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rule">The hold.</param>
    /// <param name="by">Who ended it; empty for its time.</param>
    /// <param name="job">The job that releases what it held.</param>
    public static void HoldEnded(this ILogger log, HoldRule rule, string by, string job) => log.HoldEnded(rule.Id, by.Length == 0 ? "its time" : LogText.Escape(by), job);

    /// <summary>An operator has ordered a standing route.</summary>
    public static void RouteOrdered(this ILogger log, RouteRule rule) => log.RouteOrdered(
        rule.Id, LogText.Escape(rule.Domains), LogText.Escape(rule.Via), End(rule.Until), LogText.Escape(rule.By), LogText.Escape(rule.Reason));

    /// <summary>An operator has ended a standing route.</summary>
    public static void RouteEnded(this ILogger log, RouteRule rule) => log.RouteEnded(rule.Id, LogText.Escape(rule.Domains), LogText.Escape(rule.Via));

    private static string End(DateTimeOffset? until) => until?.ToString("O", CultureInfo.InvariantCulture) ?? "it is ended";

    /// <summary>An operator has ordered something to be done to queued mail.</summary>
    public static void JobOrdered(this ILogger log, MessageJob job) => log.JobOrdered(
        job.Id, job.Action, LogText.Escape(job.Filter.ToString()), LogText.Escape(job.By), LogText.Escape(job.Reason));

    /// <summary>It is done.</summary>
    public static void JobEnded(this ILogger log, MessageJob job, long count) => log.JobEnded(job.Id, job.Action, count);

    private static string Path(Address? address) => address is null ? "-" : LogText.Escape(address.ToString());

    [LoggerMessage(2001, LogLevel.Information,
        "delivered {MessageId}: to=<{To}> from=<{From}> host={Host} endpoint={Endpoint} tls={Tls} attempt={Attempt} delay={Delay:F3}s reply={Reply} partition={Partition} epoch={Epoch}")]
    private static partial void Delivered(
        this ILogger log, string messageId, string to, string from, string host, string endpoint, string tls, int attempt, double delay, string reply,
        int partition, long epoch);

    [LoggerMessage(2002, LogLevel.Information,
        "deferred {MessageId}: to=<{To}> from=<{From}> host={Host} endpoint={Endpoint} reason={Reason} attempt={Attempt} next={Next:O} reply={Reply} partition={Partition} epoch={Epoch}")]
    private static partial void Deferred(
        this ILogger log, string messageId, string to, string from, string host, string endpoint, DeferralReason reason, int attempt, DateTimeOffset next,
        string reply, int partition, long epoch);

    [LoggerMessage(2003, LogLevel.Information,
        "bounced {MessageId}: to=<{To}> from=<{From}> host={Host} endpoint={Endpoint} why={Why} attempt={Attempt} delay={Delay:F3}s reply={Reply} partition={Partition} epoch={Epoch}")]
    private static partial void Bounced(
        this ILogger log, string messageId, string to, string from, string host, string endpoint, string why, int attempt, double delay, string reply,
        int partition, long epoch);

    [LoggerMessage(2004, LogLevel.Information, "returned {MessageId}: notification {NotificationId} stored for its sender")]
    public static partial void Returned(this ILogger log, string messageId, string notificationId);

    [LoggerMessage(2005, LogLevel.Warning, "not returned {MessageId}: no notification can be made for its sender")]
    public static partial void NotReturned(this ILogger log, Exception error, string messageId);

    [LoggerMessage(2010, LogLevel.Information, "partition {Partition}: recovered {Refs} refs, {Deferred} of them deferred, in {Took}, epoch {Epoch}")]
    public static partial void PartitionRecovered(this ILogger log, int partition, int refs, int deferred, TimeSpan took, long epoch);

    [LoggerMessage(2011, LogLevel.Warning, "partition {Partition}: {What} failed, trying again: {Problem}")]
    public static partial void PartitionWaits(this ILogger log, int partition, string what, string problem);

    [LoggerMessage(2012, LogLevel.Warning, "partition {Partition}: another owner has taken over (this one had epoch {Epoch}); stopping")]
    public static partial void Fenced(this ILogger log, int partition, long epoch);

    [LoggerMessage(2013, LogLevel.Information, "partition {Partition}: stopped, {InFlight} refs still with a connection or unrecorded")]
    public static partial void PartitionStopped(this ILogger log, int partition, int inFlight);

    [LoggerMessage(2014, LogLevel.Information, "partition {Partition}: {Count} refs found in the spool whose announcement was lost")]
    public static partial void RefsFound(this ILogger log, int partition, int count);

    [LoggerMessage(2015, LogLevel.Debug, "announcement of {MessageId} dropped: too many wait; its partition will find it")]
    public static partial void HintsDropped(this ILogger log, string messageId);

    [LoggerMessage(2016, LogLevel.Information, "suspended {Scope} until {Until}: suspension {Id} by {By}, reason: {Reason}")]
    private static partial void Suspended(this ILogger log, string id, string scope, string until, string by, string reason);

    [LoggerMessage(2017, LogLevel.Information, "resumed {Scope}: suspension {Id} is lifted")]
    private static partial void Resumed(this ILogger log, string id, string scope);

    [LoggerMessage(2018, LogLevel.Information, "job {Id}: {Action} of {Filter} ordered by {By}, reason: {Reason}")]
    private static partial void JobOrdered(this ILogger log, string id, JobAction action, string filter, string by, string reason);

    [LoggerMessage(2019, LogLevel.Information, "job {Id}: {Action} of {Count} refs done by all partitions")]
    private static partial void JobEnded(this ILogger log, string id, JobAction action, long count);

    [LoggerMessage(2020, LogLevel.Information, "withdrawn {MessageId}: from queue {Queue} by job {Job} of {By}; nobody is told")]
    public static partial void Withdrawn(this ILogger log, string messageId, string queue, string job, string by);

    [LoggerMessage(2022, LogLevel.Information, "hold {Id}: {Filter} until {Until} ordered by {By}, reason: {Reason}")]
    private static partial void HoldOrdered(this ILogger log, string id, string filter, string until, string by, string reason);

    [LoggerMessage(2023, LogLevel.Information, "hold {Id}: ended by {By}; job {Job} releases what it held")]
    private static partial void HoldEnded(this ILogger log, string id, string by, string job);

    [LoggerMessage(2024, LogLevel.Information, "route {Id}: {Domains} via {Via} until {Until} ordered by {By}, reason: {Reason}")]
    private static partial void RouteOrdered(this ILogger log, string id, string domains, string via, string until, string by, string reason);

    [LoggerMessage(2025, LogLevel.Information, "route {Id}: {Domains} via {Via} is ended")]
    private static partial void RouteEnded(this ILogger log, string id, string domains, string via);

    [LoggerMessage(2026, LogLevel.Information, "partition {Partition}: {Count} refs held by hold {Rule}")]
    public static partial void Held(this ILogger log, int partition, int count, string rule);

    [LoggerMessage(2021, LogLevel.Warning, "the ledger of operators' orders has ended: its database does not answer; starting it again")]
    public static partial void LedgerWaits(this ILogger log);

    [LoggerMessage(2032, LogLevel.Warning, "partition {Partition}: what attempts came to cannot be kept for operators to look at: {Problem}")]
    public static partial void AttemptsNotKept(this ILogger log, int partition, string problem);
}
