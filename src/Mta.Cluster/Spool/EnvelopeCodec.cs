using System.Collections.Immutable;
using Google.Protobuf;
using Mta.Cluster.Contracts.Serialization;
using Mta.Cluster.Contracts.Spool;
using Mta.Protocol.Smtp;

namespace Mta.Cluster.Spool;

/// <summary>Envelopes and recipients to and from the blobs of <c>spool.proto</c>.</summary>
internal static class EnvelopeCodec
{
    public static byte[] WriteEnvelope(Envelope envelope, bool hasEightBit)
    {
        var stored = new StoredEnvelope
        {
            ReverseLocalPart = envelope.ReversePath.LocalPart ?? "",
            ReverseDomain = envelope.ReversePath.Domain ?? "",
            Body = (int)envelope.Body,
            SmtpUtf8 = envelope.SmtpUtf8,
            Return = (int)envelope.Return,
            HasEightBit = hasEightBit,
        };
        if (envelope.EnvelopeId is { } id)
            stored.EnvelopeId = id;
        if (envelope.Labels is { } labels)
            (stored.Tenant, stored.Campaign, stored.MessageIdHeader) = (labels.Tenant, labels.Campaign, labels.MessageId);
        return stored.ToByteArray();
    }

    public static byte[] WriteRecipients(ImmutableArray<Recipient> recipients)
    {
        var stored = new StoredRecipients();
        foreach (var recipient in recipients)
        {
            var one = new StoredRecipient
            {
                LocalPart = recipient.Address.LocalPart ?? "",
                Domain = recipient.Address.Domain ?? "",
                Notify = (int)recipient.Notify,
            };
            if (recipient.OriginalRecipient is { } original)
                one.OriginalRecipient = original;
            stored.Recipients.Add(one);
        }
        return stored.ToByteArray();
    }

    public static (Envelope Envelope, bool HasEightBit) ReadEnvelope(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> recipients)
    {
        var stored = StoredEnvelope.Parser.ParseFrom(envelope);
        var read = new Envelope(
            new Address(stored.ReverseLocalPart, stored.ReverseDomain),
            ReadRecipients(recipients),
            (BodyType)stored.Body,
            stored.SmtpUtf8,
            (DsnReturn)stored.Return,
            stored.HasEnvelopeId ? stored.EnvelopeId : null,
            LabelMapping.LabelsOf(stored.Tenant, stored.Campaign, stored.MessageIdHeader));
        return (read, stored.HasEightBit);
    }

    private static ImmutableArray<Recipient> ReadRecipients(ReadOnlySpan<byte> recipients)
    {
        var stored = StoredRecipients.Parser.ParseFrom(recipients).Recipients;
        var read = ImmutableArray.CreateBuilder<Recipient>(stored.Count);
        foreach (var one in stored)
        {
            read.Add(new Recipient(
                new Address(one.LocalPart, one.Domain), (DsnNotify)one.Notify, one.HasOriginalRecipient ? one.OriginalRecipient : null));
        }
        return read.MoveToImmutable();
    }
}
