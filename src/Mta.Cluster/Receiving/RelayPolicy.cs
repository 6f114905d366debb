using System.Net;
using Microsoft.Extensions.Logging;
using Mta.Cluster.Queues;
using Mta.Cluster.Telemetry;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;

namespace Mta.Cluster.Receiving;

/// <summary>
/// Who may send where: any domain for authenticated users and configured networks, the node's own domains for everybody. Any sender
/// is taken. While the node is closed to new mail, MAIL is answered 451 4.3.2.
/// </summary>
internal sealed class RelayPolicy(
    IReadOnlyList<IPNetwork> relayNetworks, LocalDomainSet localDomains, IIntake intake, ReceivingMetrics metrics, ILogger log) : IRecipientPolicy
{
    public static SmtpReply NotAccepting { get; } = new(451, new EnhancedCode(4, 3, 2), "System not accepting messages, try again later");

    public SmtpReply? CheckSender(in PolicyClient client, Address reversePath) => intake.IsOpen ? null : NotAccepting;

    public SmtpReply? CheckRecipient(in PolicyClient client, Address reversePath, Address recipient)
    {
        // RFC 5321 §4.5.1: the bare postmaster is always taken.
        if (recipient.Domain.Length == 0 || client.Identity is not null || localDomains.Contains(recipient.Domain) || IsRelayClient(client.ClientAddress))
            return null;
        metrics.Refused("relay");
        log.RecipientRefused(
            client.ClientAddress, client.HeloName, LogText.Escape(reversePath.ToString()), LogText.Escape(recipient.ToString()), PolicyReplies.RelayDenied.ToString());
        return PolicyReplies.RelayDenied;
    }

    private bool IsRelayClient(IPAddress address)
    {
        foreach (var network in relayNetworks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }
}
