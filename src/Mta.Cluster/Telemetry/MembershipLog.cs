using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>How a node comes into its cluster. Hosts and owners are configured names and addresses.</summary>
internal static partial class MembershipLog
{
    [LoggerMessage(5101, LogLevel.Information, "looking for the cluster at {Seeds}")]
    public static partial void Looking(this ILogger log, string seeds);

    [LoggerMessage(5102, LogLevel.Information, "founding the cluster, as {Owner}")]
    public static partial void Founding(this ILogger log, string owner);

    [LoggerMessage(5103, LogLevel.Warning,
        "founding no cluster: the one that {Owner} founded holds the founding lease for another {Seconds:F0} s if nobody renews it; looking for it at {Seeds}")]
    public static partial void NotFounding(this ILogger log, string owner, double seconds, string seeds);

    [LoggerMessage(5104, LogLevel.Warning, "founding no cluster while the database does not answer: {Problem}")]
    public static partial void NoDatabase(this ILogger log, string problem);

    [LoggerMessage(5105, LogLevel.Information, "member of the cluster that {Owner} founded")]
    public static partial void Member(this ILogger log, string owner);

    [LoggerMessage(5106, LogLevel.Error, "{Owner} has founded another cluster on this database: this node leaves its own, and ends")]
    public static partial void AnotherCluster(this ILogger log, string owner);

    [LoggerMessage(5107, LogLevel.Information, "the last member leaves and gives the founding lease back")]
    public static partial void LastMember(this ILogger log);

    [LoggerMessage(5108, LogLevel.Warning, "not in a cluster after {Seconds:F0} s: no member answers at {Seeds}, and {Founder}")]
    public static partial void StillOutside(this ILogger log, double seconds, string seeds, string founder);

    [LoggerMessage(5109, LogLevel.Information, "the members' authorities in {File} have changed, {Count} were read; new connections are judged by them")]
    public static partial void AuthoritiesRead(this ILogger log, string file, int count);

    [LoggerMessage(5110, LogLevel.Warning,
        "the certificate in {File} has changed: this node shows the other members the one of its start, valid until {ValidUntil:O}, until it is started again")]
    public static partial void CertificateWaits(this ILogger log, string file, DateTimeOffset validUntil);

    [LoggerMessage(EventId = 5111, Message =
        "the certificate that this node shows the other members is valid for another {Days:F1} days, until {ValidUntil:O}: renew {File}, and start the node again")]
    public static partial void CertificateEnds(this ILogger log, LogLevel level, string file, double days, DateTimeOffset validUntil);

    [LoggerMessage(5112, LogLevel.Error,
        "the certificate that this node shows the other members has ended at {ValidUntil:O}: connections that break are not made again; renew {File}, and start the node again")]
    public static partial void CertificateEnded(this ILogger log, string file, DateTimeOffset validUntil);

    [LoggerMessage(5113, LogLevel.Error, "{File} has changed and cannot be used, what was read before stays: {Problem}")]
    public static partial void MemberFileUnusable(this ILogger log, string file, string problem);
}
