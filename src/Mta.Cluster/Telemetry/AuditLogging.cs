using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What the audit log says of itself.</summary>
internal static partial class AuditLogging
{
    [LoggerMessage(7001, LogLevel.Warning, "old audit records are kept for another hour: {Problem}")]
    public static partial void NotForgotten(this ILogger log, string problem);
}
