namespace Mta.Node.Telemetry;

/// <summary>What the host itself logs.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "started, version {Version}, management on {Management}")]
    public static partial void Started(ILogger logger, string version, Uri? management);

    [LoggerMessage(2, LogLevel.Information, "stopping; a second signal ends at once")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(3, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4, LogLevel.Warning, "management connection from {Peer} closed: {Limit} are open already (management.maxConnections)")]
    public static partial void ManagementFull(ILogger logger, string? peer, int limit);

    [LoggerMessage(5, LogLevel.Warning, "stopped before all was handed over: {Limit} (node.shutdownTimeout) are over; what is left is in the spool")]
    public static partial void StoppedLate(ILogger logger, TimeSpan limit);

    [LoggerMessage(6, LogLevel.Warning, "management: {Peer} refused at {Path}: {Problem}")]
    public static partial void ManagementRefused(ILogger logger, string? peer, string path, string problem);

    [LoggerMessage(7, LogLevel.Warning, "management: the certificate of {File} cannot be used, the former one stays: {Problem}")]
    public static partial void ManagementCertificateKept(ILogger logger, string file, string problem);

    [LoggerMessage(8, LogLevel.Information, "audit: {Who} from {Origin}: {Action} {Target} {Detail}: {Outcome}")]
    public static partial void OperatorActed(ILogger logger, string who, string origin, string action, string target, string detail, string outcome);

    [LoggerMessage(9, LogLevel.Error, "the outcome of audit record {Id} could not be recorded: {Problem}")]
    public static partial void OutcomeNotRecorded(ILogger logger, long id, string problem);
}
