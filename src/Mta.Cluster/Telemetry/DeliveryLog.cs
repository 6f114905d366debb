using Microsoft.Extensions.Logging;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Telemetry;

/// <summary>What delivery logs beside the line of each attempt, which the queues write. Every text that a peer chose is escaped by the caller (<see cref="LogText"/>).</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(3001, LogLevel.Information, "site {Site}: no host can be reached, reason={Reason} reply={Reply}; next try in {Pause}")]
    public static partial void SiteUnreachable(this ILogger log, string site, DeferralReason reason, string reply, TimeSpan pause);

    [LoggerMessage(3002, LogLevel.Debug, "connection {Connection} to {Site}: open, host={Host} endpoint={Endpoint} tls={Tls}")]
    public static partial void Connected(this ILogger log, long connection, string site, string host, string endpoint, string tls);

    [LoggerMessage(3003, LogLevel.Information, "connection {Connection} to {Site}: failed, host={Host} endpoint={Endpoint} reason={Reason} reply={Reply}")]
    public static partial void HostFailed(
        this ILogger log, long connection, string site, string host, string endpoint, DeferralReason reason, string reply);

    /// <summary>The end of a connection; the reply is escaped here.</summary>
    public static void ConnectionEnded(this ILogger log, long connection, string site, int messages, DeferralReason reason, SmtpReply? reply)
    {
        if (log.IsEnabled(LogLevel.Debug))
            log.ConnectionEnded(connection, site, messages, reason, LogText.Escape(reply?.ToString()));
    }

    [LoggerMessage(3004, LogLevel.Debug, "connection {Connection} to {Site}: ended, messages={Messages} reason={Reason} reply={Reply}")]
    private static partial void ConnectionEnded(this ILogger log, long connection, string site, int messages, DeferralReason reason, string reply);

    [LoggerMessage(3005, LogLevel.Error, "body of {MessageId} is missing in the spool; its ref is kept for inspection")]
    public static partial void BodyMissing(this ILogger log, string messageId);

    [LoggerMessage(3006, LogLevel.Warning, "connection {Connection} to {Site}: a body cannot be read, what is left is handed back: {Problem}")]
    public static partial void BodyUnreadable(this ILogger log, long connection, string site, string problem);

    [LoggerMessage(3007, LogLevel.Error, "connection {Connection} to {Site}: broke by a fault of this program")]
    public static partial void ConnectionBroke(this ILogger log, Exception error, long connection, string site);

    [LoggerMessage(3008, LogLevel.Error, "route {Route}: the password cannot be read: {Problem}")]
    public static partial void PasswordUnreadable(this ILogger log, string route, string problem);

    [LoggerMessage(3009, LogLevel.Information, "connection {Connection} to {Site}: TLS failed with {Host} ({Problem}); going on in clear")]
    public static partial void TlsFellBack(this ILogger log, long connection, string site, string host, string problem);

    [LoggerMessage(3010, LogLevel.Information, "site {Site}: its earlier owner has left {Count} connections, which count until they have ended")]
    public static partial void SiteInherits(this ILogger log, string site, int count);

    [LoggerMessage(3011, LogLevel.Warning, "site {Site}: opens no connection yet; {Nodes} have not said for {Seconds} s what its earlier owner has left there")]
    public static partial void SiteCounting(this ILogger log, string site, string nodes, double seconds);

    [LoggerMessage(3012, LogLevel.Information, "connection {Connection} to {Site}: {Count} reports were not answered by their queues, and are sent again")]
    public static partial void ReportsRepeated(this ILogger log, long connection, string site, int count);
}
