using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Spool.Telemetry;

/// <summary>The spool's log messages.</summary>
internal static partial class SpoolLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Spool open: {Database}, {Partitions} partitions, {Writers} writer(s)")]
    public static partial void Opened(ILogger logger, string database, int partitions, int writers);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "Spool unavailable: {Problem}")]
    public static partial void Lost(ILogger logger, string problem);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "Spool available again: {Database}")]
    public static partial void Recovered(ILogger logger, string database);

    [LoggerMessage(EventId = 4004, Level = LogLevel.Warning, Message = "Commit of {Count} writes failed, they are tried one by one: {Problem}")]
    public static partial void BatchSplit(ILogger logger, int count, string problem);

    [LoggerMessage(EventId = 4005, Level = LogLevel.Error, Message = "Spool refused {Write}: {Problem}")]
    public static partial void Refused(ILogger logger, string write, string problem);

    [LoggerMessage(EventId = 4006, Level = LogLevel.Warning, Message = "Spool did not finish its last commits in time: {Database}")]
    public static partial void StopTimedOut(ILogger logger, string database);

    [LoggerMessage(EventId = 4007, Level = LogLevel.Information, Message = "Spool swept: {Chunks} chunk(s) without a message, {Messages} message(s) without a ref")]
    public static partial void Swept(ILogger logger, int chunks, int messages);

    [LoggerMessage(EventId = 4008, Level = LogLevel.Warning, Message = "Spool has no body for message {Message}")]
    public static partial void BodyMissing(ILogger logger, string message);
}
