using System.Collections.Immutable;
using Mta.Queueing;
using Mta.Queueing.Operations;

namespace Mta.Cluster.Spool.Search;

/// <summary>
/// What the database can tell of a <see cref="MessageFilter"/>: it lets through all mail that the filter means, and may let through more. Names are found by the octets that they have in the blobs of <c>spool.proto</c>, ASCII
/// letters whatever their case: a filter knows no case either, and what is outside ASCII is left to it.
/// </summary>
/// <param name="DomainPart">Stands in the queue's name; empty for any.</param>
/// <param name="RecipientPart">Stands in the recipients' octets; empty for any.</param>
/// <param name="EnvelopeParts">Each stands in the envelope's octets.</param>
/// <param name="AcceptedBefore">Accepted before this; null for any time.</param>
/// <param name="Message">The message; null for any.</param>
/// <param name="NeedsEnvelope">The envelope decides, so it is read too.</param>
public sealed record SearchCriteria(
    string DomainPart, string RecipientPart, ImmutableArray<string> EnvelopeParts, DateTimeOffset? AcceptedBefore, MessageId? Message, bool NeedsEnvelope)
{
    // spool.proto: number of the field, and that it has a length.
    private const char LocalPartTag = (char)((1 << 3) | 2), DomainTag = (char)((2 << 3) | 2), TenantTag = (char)((8 << 3) | 2), CampaignTag = (char)((9 << 3) | 2), MessageIdTag = (char)((10 << 3) | 2);

    /// <summary>The criteria of a filter.</summary>
    public static SearchCriteria Of(MessageFilter filter) => new(
        PartOf(OnlyDomainOf(filter) ?? filter.Domains.TrimStart('*')),
        AddressOf(LocalPartOf(filter.Recipient), DomainOf(filter.Recipient)),
        [
            .. new[]
            {
                AddressOf(LocalPartOf(filter.Sender), DomainOf(filter.Sender)), FieldOf(TenantTag, filter.Tenant), FieldOf(CampaignTag, filter.Campaign), FieldOf(MessageIdTag, filter.MessageIdHeader),
            }.Where(part => part.Length > 0),
        ],
        filter.AcceptedBefore,
        MessageId.TryParse(filter.Message, out var message) ? message : null,
        filter.NeedsEnvelope);

    /// <summary>The one destination domain that a filter leaves; null where there may be several.</summary>
    public static string? OnlyDomainOf(MessageFilter filter) =>
        filter.Recipient.Length > 0 ? DomainOf(filter.Recipient).ToLowerInvariant()
        : filter.Domains.Length > 0 && !filter.Domains.StartsWith('*') ? filter.Domains
        : null;

    /// <summary>A value as it stands in its blob: tag, length, octets. Where that is not sure, the longest part of it that is.</summary>
    internal static string FieldOf(char tag, string value)
    {
        var isPlain = value.Length is > 0 and < 128 and not '\\' && PartOf(value).Length == value.Length;
        return isPlain ? $"{tag}{(char)value.Length}{value}".ToLowerInvariant() : PartOf(value);
    }

    // Sender and recipients have the domain behind the local part.
    private static string AddressOf(string localPart, string domain)
    {
        var (local, at) = (FieldOf(LocalPartTag, localPart), FieldOf(DomainTag, domain));
        var isWhole = local.Length == localPart.Length + 2 && at.Length == domain.Length + 2;
        return isWhole ? local + at : local.Length > 0 ? local : at;
    }

    /// <summary>The longest part of a text that stands in its octets as it is, but for the case: printable ASCII, without the backslash, which PostgreSQL writes twice.</summary>
    internal static string PartOf(string text)
    {
        var (start, length) = (0, 0);
        for (int from = 0, at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] is >= ' ' and <= '~' and not '\\')
                continue;
            if (at - from > length)
                (start, length) = (from, at - from);
            from = at + 1;
        }
        return text.Substring(start, length).ToLowerInvariant();
    }

    private static string LocalPartOf(string address) => address.LastIndexOf('@') is > 0 and var at && address[..at] is not "*" and var local ? local : "";

    private static string DomainOf(string address) => address[(address.LastIndexOf('@') + 1)..] is not "<>" and var domain ? domain : "";
}

/// <summary>A ref that the database has let through.</summary>
/// <param name="Ref">The ref.</param>
/// <param name="Envelope">Its envelope, where that decides; null where it does not, or the message is missing.</param>
public readonly record struct SearchedRef(StoredRef Ref, Protocol.Smtp.Envelope? Envelope);
