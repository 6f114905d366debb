using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mta.Protocol.Smtp;

namespace Mta.Queueing.Intake;

/// <summary>
/// Splits a message into refs: one for each destination domain, and one more for every further <see cref="MaxRecipients"/> recipients of
/// the same domain. Domains appear in the order of their first recipient, recipients keep their order. Immutable.
/// </summary>
public sealed class RefSplitter
{
    /// <summary>RFC 5321 §4.5.3.1.8: a server takes at least 100 recipients in one transaction, so no ref has more.</summary>
    public const int DefaultMaxRecipients = 100;

    private readonly PartitionMap _partitions;
    private readonly DomainTable<int>? _lanes;

    /// <summary>A splitter.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="maxRecipients">At most so many recipients in a ref, at least 1.</param>
    /// <param name="lanes">How many lanes a domain has; null where every domain has one. Values are at least 1.</param>
    public RefSplitter(PartitionMap partitions, int maxRecipients = DefaultMaxRecipients, DomainTable<int>? lanes = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecipients, 1);
        foreach (var count in lanes?.Values ?? []) ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(lanes));
        _partitions = partitions;
        _lanes = lanes;
        MaxRecipients = maxRecipients;
    }

    /// <summary>At most so many recipients in a ref.</summary>
    public int MaxRecipients { get; }

    /// <summary>The refs of a message: at least one, numbered from 0.</summary>
    /// <exception cref="ArgumentException">
    /// The envelope has no recipient, or one without a domain: the receiver of mail resolves a bare <c>postmaster</c> before.
    /// </exception>
    public ImmutableArray<RefDraft> Split(MessageId message, Envelope envelope)
    {
        var recipients = envelope.Recipients;
        if (recipients.IsDefaultOrEmpty) throw new ArgumentException("the envelope has no recipient", nameof(envelope));
        foreach (var recipient in recipients)
            if (string.IsNullOrEmpty(recipient.Address.Domain))
                throw new ArgumentException($"the recipient {recipient.Address} has no domain", nameof(envelope));

        return HasOneDomain(recipients) && recipients.Length <= MaxRecipients
            ? [Draft(0, QueueOf(message, recipients[0].Address.Domain), recipients)]
            : SplitByDomain(message, recipients);
    }

    private static bool HasOneDomain(ImmutableArray<Recipient> recipients)
    {
        for (var i = 1; i < recipients.Length; i++)
            if (!string.Equals(recipients[i].Address.Domain, recipients[0].Address.Domain, StringComparison.Ordinal)) return false;
        return true;
    }

    private ImmutableArray<RefDraft> SplitByDomain(MessageId message, ImmutableArray<Recipient> recipients)
    {
        var byDomain = new OrderedDictionary<string, List<Recipient>>(StringComparer.Ordinal);
        foreach (var recipient in recipients)
        {
            if (!byDomain.TryGetValue(recipient.Address.Domain, out var group)) byDomain.Add(recipient.Address.Domain, group = []);
            group.Add(recipient);
        }

        var drafts = ImmutableArray.CreateBuilder<RefDraft>(byDomain.Count);
        foreach (var (domain, group) in byDomain)
        {
            var queue = QueueOf(message, domain);
            for (var start = 0; start < group.Count; start += MaxRecipients)
            {
                var part = CollectionsMarshal.AsSpan(group).Slice(start, Math.Min(MaxRecipients, group.Count - start));
                drafts.Add(Draft(drafts.Count, queue, [.. part]));
            }
        }

        return drafts.DrainToImmutable();
    }

    private RefDraft Draft(int ordinal, QueueKey queue, ImmutableArray<Recipient> recipients) =>
        new(ordinal, _partitions.PartitionOf(queue), queue, recipients);

    private QueueKey QueueOf(MessageId message, string domain)
    {
        var lanes = _lanes?.For(domain) ?? 1;
        return new QueueKey(domain, lanes == 1 ? 0 : (int)(StableHash.Of(message) % (ulong)lanes));
    }
}
