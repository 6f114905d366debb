using System.Collections.Immutable;
using Mta.Cluster.Contracts.Proto;
using Mta.Cluster.Events;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>Messages between nodes about what happens to mail.</summary>
internal static class EventContracts
{
    public static ImmutableArray<Contract> All { get; } =
    [
        Contract.Of<WatchMail, PWatchMail>("watch-mail:1", PWatchMail.Parser, Write, Read),
        Contract.Of<UnwatchMail, PUnwatchMail>(
            "unwatch-mail:1", PUnwatchMail.Parser, m => new PUnwatchMail { WatchId = m.WatchId }, p => new UnwatchMail(p.WatchId)),
        Contract.Of<MailSeen, PMailSeen>(
            "mail-seen:1",
            PMailSeen.Parser,
            m => new PMailSeen { WatchId = m.WatchId, Lost = m.Lost, Events = { m.Events.OrEmpty().Select(Write) } },
            p => new MailSeen(p.WatchId, [.. p.Events.Select(Read)], p.Lost)),
    ];

    private static PWatchMail Write(WatchMail m) => new()
    {
        WatchId = m.WatchId,
        Kinds = { m.Kinds.OrEmpty().Select(kind => (int)kind) },
        Domain = m.Domain,
        Sender = m.Sender,
        ReplyTo = ActorRefPaths.Write(m.ReplyTo),
    };

    private static WatchMail Read(PWatchMail p, ActorRefPaths paths) => new(
        p.WatchId, [.. p.Kinds.Select(kind => (MailEventKind)kind)], p.Domain, p.Sender, paths.Read(p.ReplyTo));

    private static PMailEvent Write(MailEvent m)
    {
        var p = new PMailEvent
        {
            Kind = (int)m.Kind,
            At = m.At.UtcTicks,
            Node = m.Node,
            MessageId = m.MessageId,
            Sender = m.Sender,
            Recipient = m.Recipient,
            Peer = m.Peer,
            Reply = m.Reply,
            Reason = m.Reason,
            Attempt = m.Attempt,
            Size = m.Size,
            Tenant = m.Labels?.Tenant ?? "",
            Campaign = m.Labels?.Campaign ?? "",
            MessageIdHeader = m.Labels?.MessageId ?? "",
        };
        if (m.Next is { } next)
            p.Next = next.UtcTicks;
        return p;
    }

    private static MailEvent Read(PMailEvent p) => new(
        (MailEventKind)p.Kind, ValueMapping.ToTime(p.At), p.Node, p.MessageId, p.Sender, p.Recipient, p.Peer, p.Reply, p.Reason, p.Attempt, p.Size,
        p.HasNext ? ValueMapping.ToTime(p.Next) : null, LabelMapping.LabelsOf(p.Tenant, p.Campaign, p.MessageIdHeader));
}
