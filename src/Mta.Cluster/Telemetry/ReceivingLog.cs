using System.Net;
using Microsoft.Extensions.Logging;

namespace Mta.Cluster.Telemetry;

/// <summary>What receiving logs. Every text that a client chose is escaped by the caller (<see cref="LogText"/>).</summary>
internal static partial class ReceivingLog
{
    [LoggerMessage(1000, LogLevel.Information, "listening: {Listener} on {Endpoint}")]
    public static partial void Listening(this ILogger log, string listener, EndPoint? endpoint);

    [LoggerMessage(1001, LogLevel.Information,
        "received {MessageId}: client={Client} helo={Helo} tls={Tls} user={User} from=<{From}> recipients={Recipients} size={Size} listener={Listener}")]
    public static partial void Received(
        this ILogger log, string messageId, IPAddress client, string helo, string tls, string user, string from, int recipients, long size, string listener);

    [LoggerMessage(1002, LogLevel.Information,
        "refused {MessageId}: client={Client} helo={Helo} from=<{From}> recipients={Recipients} size={Size} reply={Reply}")]
    public static partial void Refused(
        this ILogger log, string messageId, IPAddress client, string helo, string from, int recipients, long size, string reply);

    [LoggerMessage(1003, LogLevel.Warning, "not stored {MessageId}: client={Client} from=<{From}> size={Size} reply={Reply}")]
    public static partial void NotStored(
        this ILogger log, Exception? error, string messageId, IPAddress client, string from, long size, string reply);

    [LoggerMessage(1004, LogLevel.Information, "recipient refused: client={Client} helo={Helo} from=<{From}> to=<{To}> reply={Reply}")]
    public static partial void RecipientRefused(this ILogger log, IPAddress client, string helo, string from, string to, string reply);

    [LoggerMessage(1005, LogLevel.Warning, "authentication failed: client={Client} mechanism={Mechanism} user={User} reason={Reason}")]
    public static partial void AuthenticationFailed(this ILogger log, IPAddress client, string mechanism, string user, string reason);

    [LoggerMessage(1006, LogLevel.Information, "connection refused: client={Client} listener={Listener} reason={Reason}")]
    public static partial void ConnectionRefused(this ILogger log, IPAddress client, string listener, string reason);

    [LoggerMessage(1007, LogLevel.Information, "TLS handshake failed: client={Client} listener={Listener} problem={Problem}")]
    public static partial void HandshakeFailed(this ILogger log, IPAddress client, string listener, string problem);

    [LoggerMessage(1008, LogLevel.Warning, "octets in clear behind STARTTLS, dropped: client={Client}")]
    public static partial void PlaintextAfterStartTls(this ILogger log, IPAddress client);

    [LoggerMessage(1009, LogLevel.Debug, "session ended: client={Client} helo={Helo} listener={Listener} messages={Messages} how={How}")]
    public static partial void SessionEnded(this ILogger log, IPAddress client, string helo, string listener, int messages, string how);

    [LoggerMessage(1010, LogLevel.Error, "session broke: client={Client}")]
    public static partial void SessionBroke(this ILogger log, Exception error, IPAddress client);

    [LoggerMessage(1011, LogLevel.Warning, "part of a message not discarded; the sweep will: {MessageId}")]
    public static partial void NotDiscarded(this ILogger log, Exception error, string messageId);

    [LoggerMessage(1012, LogLevel.Information, "labels ignored {MessageId}: client={Client} problem={Problem}")]
    public static partial void LabelsIgnored(this ILogger log, string messageId, IPAddress client, string problem);

    [LoggerMessage(1020, LogLevel.Warning, "no certificate is configured: made a self-signed one for {HostName} in {File}; clients that verify will not trust it")]
    public static partial void SelfSignedMade(this ILogger log, string hostName, string file);

    [LoggerMessage(1021, LogLevel.Information, "no certificate is configured: using the self-signed one in {File}")]
    public static partial void SelfSignedUsed(this ILogger log, string file);

    [LoggerMessage(1022, LogLevel.Information, "certificate loaded: {Subject} thumbprint={Thumbprint} valid until {NotAfter:O}")]
    public static partial void CertificateLoaded(this ILogger log, string subject, string thumbprint, DateTimeOffset notAfter);

    [LoggerMessage(1023, LogLevel.Error, "certificate in {File} has changed and cannot be used, the old one stays: {Problem}")]
    public static partial void CertificateNotReloaded(this ILogger log, string file, string problem);
}
