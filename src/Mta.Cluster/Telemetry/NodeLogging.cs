using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What a node logs of itself.</summary>
internal static partial class NodeLogging
{
    [LoggerMessage(7101, LogLevel.Information, "this node {What}, by an operator's order")]
    public static partial void NodeDrains(this ILogger log, string what);
}
