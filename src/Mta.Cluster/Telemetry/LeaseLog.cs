using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What leases and the founding of the cluster log.</summary>
internal static partial class LeaseLog
{
    [LoggerMessage(5001, LogLevel.Warning, "leases could not be renewed, it is tried again: {Problem}")]
    public static partial void LeasesNotRenewed(this ILogger log, string problem);

    [LoggerMessage(5002, LogLevel.Information, "leases are renewed again")]
    public static partial void LeasesRenewedAgain(this ILogger log);

    [LoggerMessage(5003, LogLevel.Error, "leases are unsure: nothing is handed out for delivery until the database says whose they are")]
    public static partial void LeasesUnsure(this ILogger log);

    [LoggerMessage(5004, LogLevel.Information, "leases are sure again")]
    public static partial void LeasesSure(this ILogger log);

    [LoggerMessage(5005, LogLevel.Error, "lease {Lease} is lost: it {Why}")]
    public static partial void LeaseLost(this ILogger log, string lease, string why);
}
