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
}
