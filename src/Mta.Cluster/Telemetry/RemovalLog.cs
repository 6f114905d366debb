using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>Why a node ends that nobody has told to.</summary>
internal static partial class RemovalLog
{
    [LoggerMessage(5201, LogLevel.Error,
        "the cluster has removed this node: it stood on a side of a network split that does not go on, or was silent for too long; it ends, so that it is started anew")]
    public static partial void Removed(this ILogger log);
}
