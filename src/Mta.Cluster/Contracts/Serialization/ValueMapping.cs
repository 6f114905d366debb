using System.Collections.Immutable;
using Google.Protobuf;
using Mta.Cluster.Contracts.Proto;
using Mta.Cluster.Delivery;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Contracts.Serialization;

/// <summary>The values that several messages carry, to and from protobuf. A field that is absent reads as its type's zero.</summary>
internal static class ValueMapping
{
    public static PRefId ToProto(this RefId id) => new()
    {
        Message = UnsafeByteOperations.UnsafeWrap(id.Message.Value.ToByteArray(bigEndian: true)),
        Ordinal = id.Ordinal,
    };

    public static RefId ToValue(this PRefId? p) =>
        p is { Message.Length: 16 } ? new RefId(new MessageId(new Guid(p.Message.Span, bigEndian: true)), p.Ordinal) : default;

    public static PQueueKey ToProto(this QueueKey key) => new() { Domain = key.Domain, Lane = key.Lane };

    public static QueueKey ToValue(this PQueueKey? p) => p is null ? new QueueKey("") : new QueueKey(p.Domain, p.Lane);

    public static PAddress ToProto(this Address a) => new() { LocalPart = a.LocalPart ?? "", Domain = a.Domain ?? "" };

    public static Address ToValue(this PAddress? p) => p is null ? Address.Null : new Address(p.LocalPart, p.Domain);

    public static PEnvelope ToProto(this Envelope e)
    {
        var p = new PEnvelope
        {
            ReversePath = e.ReversePath.ToProto(),
            Body = (int)e.Body,
            SmtpUtf8 = e.SmtpUtf8,
            Return = (int)e.Return,
        };
        if (e.EnvelopeId is not null)
            p.EnvelopeId = e.EnvelopeId;
        if (e.Labels is { } labels)
            (p.Tenant, p.Campaign, p.MessageIdHeader) = (labels.Tenant, labels.Campaign, labels.MessageId);
        foreach (var r in e.Recipients)
            p.Recipients.Add(ToProto(r));
        return p;
    }

    public static Envelope ToValue(this PEnvelope? p) => p is null
        ? new Envelope(Address.Null, [])
        : new Envelope(
            p.ReversePath.ToValue(),
            [.. p.Recipients.Select(ToValue)],
            (BodyType)p.Body,
            p.SmtpUtf8,
            (DsnReturn)p.Return,
            p.HasEnvelopeId ? p.EnvelopeId : null,
            LabelMapping.LabelsOf(p.Tenant, p.Campaign, p.MessageIdHeader));

    public static PReply ToProto(this SmtpReply r) => new()
    {
        Code = r.Code,
        EnhancedClass = r.Enhanced.Class,
        EnhancedSubject = r.Enhanced.Subject,
        EnhancedDetail = r.Enhanced.Detail,
        Text = r.Text,
    };

    public static SmtpReply ToValue(this PReply? p) => p is null
        ? new SmtpReply(0, EnhancedCode.None, "")
        : new SmtpReply(p.Code, new EnhancedCode((byte)p.EnhancedClass, (short)p.EnhancedSubject, (short)p.EnhancedDetail), p.Text);

    public static PQueuedRef ToProto(this QueuedRef r) => new()
    {
        Id = r.Id.ToProto(),
        Queue = r.Queue.ToProto(),
        AcceptedAt = r.AcceptedAt.UtcTicks,
        Envelope = r.Envelope.ToProto(),
        Size = r.Size,
        HasEightBit = r.HasEightBit,
    };

    public static QueuedRef ToValue(this PQueuedRef? p) => p is null
        ? new QueuedRef(default, new QueueKey(""), default, new Envelope(Address.Null, []), 0, false)
        : new QueuedRef(p.Id.ToValue(), p.Queue.ToValue(), ToTime(p.AcceptedAt), p.Envelope.ToValue(), p.Size, p.HasEightBit);

    public static PDeliveryPlan ToProto(this DeliveryPlan plan)
    {
        var p = new PDeliveryPlan { Site = plan.Site, Transport = (int)plan.Transport, Tls = (int)plan.Tls };
        if (plan.Route is not null)
            p.Route = plan.Route;
        foreach (var h in plan.Hosts)
            p.Hosts.Add(new PDeliveryHost { Name = h.Name, Port = h.Port, Preference = h.Preference });
        return p;
    }

    public static DeliveryPlan ToValue(this PDeliveryPlan? p) => p is null
        ? new DeliveryPlan("", DeliveryTransport.Smtp, [], TlsPolicy.Opportunistic, null)
        : new DeliveryPlan(
            p.Site,
            (DeliveryTransport)p.Transport,
            [.. p.Hosts.Select(h => new DeliveryHost(h.Name, h.Port, h.Preference))],
            (TlsPolicy)p.Tls,
            p.HasRoute ? p.Route : null);

    public static DateTimeOffset ToTime(long ticks) => new(ticks, TimeSpan.Zero);

    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;

    private static PRecipient ToProto(Recipient r)
    {
        var p = new PRecipient { Address = r.Address.ToProto(), Notify = (int)r.Notify };
        if (r.OriginalRecipient is not null)
            p.OriginalRecipient = r.OriginalRecipient;
        return p;
    }

    private static Recipient ToValue(PRecipient p) =>
        new(p.Address.ToValue(), (DsnNotify)p.Notify, p.HasOriginalRecipient ? p.OriginalRecipient : null);
}
