using Mta.Protocol.Smtp.Labels;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>The labels of a message, which stand as three fields wherever they are written: empty ones are none.</summary>
internal static class LabelMapping
{
    public static MailLabels? LabelsOf(string tenant, string campaign, string messageId) =>
        tenant.Length + campaign.Length + messageId.Length == 0 ? null : new MailLabels(tenant, campaign, messageId);
}
