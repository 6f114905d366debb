namespace Mta.Protocol.Smtp.Labels;

/// <summary>What the header of a message says of it that operators look for: whose it is, which mailing it belongs to, and its name.</summary>
/// <param name="Tenant">Whose mail it is; empty where nobody says.</param>
/// <param name="Campaign">The mailing that it belongs to; empty where nobody says.</param>
/// <param name="MessageId">The Message-ID field without its angle brackets (RFC 5322 §3.6.4); empty where there is none.</param>
public sealed record MailLabels(string Tenant, string Campaign, string MessageId)
{
    /// <summary>None of them.</summary>
    public static MailLabels None { get; } = new("", "", "");
}
