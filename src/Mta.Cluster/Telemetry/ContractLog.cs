using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What the contracts of messages and events log: that another version of this program takes part, or has written the journal.</summary>
internal static partial class ContractLog
{
    [LoggerMessage(5301, LogLevel.Information, "{Manifest}, written by another version of this program, is read as {Own}")]
    public static partial void OtherVersion(this ILogger log, string manifest, string own);
}
