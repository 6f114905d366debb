using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Searches for queued mail.</summary>
internal static class SearchContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<FindMessages, PFindMessages>(
            "find-messages:1",
            PFindMessages.Parser,
            m => new PFindMessages
            {
                Partition = m.Partition,
                Filter = m.Filter.ToProto(),
                After = m.After.ToProto(),
                Limit = m.Limit,
                Job = m.Job?.ToProto(),
                Among = { m.Among.OrEmpty().Select(id => id.ToProto()) },
            },
            p => new FindMessages(p.Partition, p.Filter.ToValue(), p.After.ToValue(), p.Limit, [.. p.Among.Select(id => id.ToValue())]) { Job = p.Job?.ToValue() }),
        Contract.Of<MessagesFound, PMessagesFound>(
            "messages-found:1",
            PMessagesFound.Parser,
            m => new PMessagesFound { Partition = m.Partition, Count = m.Count, Messages = { m.Messages.OrEmpty().Select(Write) }, Queues = m.Queues },
            p => new MessagesFound(p.Partition, p.Count, [.. p.Messages.Select(Read)]) { Queues = p.Queues }),
    ];

    private static PFoundMessage Write(FoundMessage m)
    {
        var p = new PFoundMessage
        {
            Id = m.Id.ToProto(),
            Queue = m.Queue.ToProto(),
            AcceptedAt = m.AcceptedAt.UtcTicks,
            Sender = m.Sender.ToProto(),
            Recipients = { m.Recipients.OrEmpty().Select(r => r.ToProto()) },
            RecipientCount = m.RecipientCount,
            Size = m.Size,
            Attempts = m.Attempts,
            Reason = (int)m.Reason,
            Reply = m.Reply,
            Tenant = m.Labels?.Tenant ?? "",
            Campaign = m.Labels?.Campaign ?? "",
            MessageIdHeader = m.Labels?.MessageId ?? "",
            Hold = m.Hold,
            Route = m.Route,
        };
        if (m.ExpiresAt is { } expires)
            p.ExpiresAt = expires.UtcTicks;
        if (m.NextDue is { } due)
            p.NextDue = due.UtcTicks;
        return p;
    }

    private static FoundMessage Read(PFoundMessage p) => new(
        p.Id.ToValue(),
        p.Queue.ToValue(),
        ValueMapping.ToTime(p.AcceptedAt),
        p.Sender.ToValue(),
        [.. p.Recipients.Select(r => r.ToValue())],
        p.RecipientCount,
        p.Size,
        p.Attempts,
        p.HasNextDue ? ValueMapping.ToTime(p.NextDue) : null,
        (DeferralReason)p.Reason,
        p.Reply,
        LabelMapping.LabelsOf(p.Tenant, p.Campaign, p.MessageIdHeader))
    {
        Hold = p.Hold,
        Route = p.Route,
        ExpiresAt = p.HasExpiresAt ? ValueMapping.ToTime(p.ExpiresAt) : null,
    };
}
