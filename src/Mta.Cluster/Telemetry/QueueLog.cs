using Microsoft.Extensions.Logging;
using Mta.Protocol.Smtp;
using Mta.Queueing;
using Mta.Queueing.DomainQueue;

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


    [LoggerMessage(2017, LogLevel.Information, "swept from the spool: {Chunks} chunks without a message, {Messages} messages without a ref")]
    public static partial void Swept(this ILogger log, int chunks, int messages);
}
