using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>A message in the form of its rows, made on the caller's thread so that the commit loop only binds.</summary>
internal sealed record StoredMessage(MessageRow Row, RefRow[] Refs, BodyBuffer? Body)
{
    /// <summary>The rows of a message.</summary>
    /// <exception cref="ArgumentException">The message has no ref, no body or two, or a ref outside the partitions.</exception>
    public static StoredMessage From(NewMessage message, int partitions)
    {
        Check(message, partitions);
        var acceptedAt = SpoolTime.ToStored(message.AcceptedAt);
        var refs = new RefRow[message.Refs.Length];
        for (var i = 0; i < refs.Length; i++)
        {
            var draft = message.Refs[i];
            refs[i] = new RefRow(
                new RefId(message.Id, draft.Ordinal), draft.Partition, draft.Queue.ToString(), acceptedAt, message.AcceptedBy,
                EnvelopeCodec.WriteRecipients(draft.Recipients));
        }
        var row = new MessageRow(
            message.Id, acceptedAt, message.AcceptedBy, message.Size, message.Chunks?.Count ?? 0,
            EnvelopeCodec.WriteEnvelope(message.Envelope, message.HasEightBit), message.Inline?.Memory);
        return new StoredMessage(row, refs, message.Inline);
    }

    private static void Check(NewMessage message, int partitions)
    {
        if ((message.Inline is null) == (message.Chunks is null))
            throw new ArgumentException("Exactly one of Inline and Chunks must be set.", nameof(message));
        if (message.Refs.IsDefaultOrEmpty)
            throw new ArgumentException("A message needs at least one ref.", nameof(message));
        foreach (var draft in message.Refs)
        {
            if ((uint)draft.Partition >= (uint)partitions)
                throw new ArgumentException($"Ref {draft.Ordinal} names partition {draft.Partition} of {partitions}.", nameof(message));
            if (draft.Recipients.IsDefaultOrEmpty)
                throw new ArgumentException($"Ref {draft.Ordinal} has no recipient.", nameof(message));
        }
    }
}

/// <summary>Times as they are stored: 100 ns since 1970-01-01 UTC, so that nothing of a <see cref="DateTimeOffset"/> is lost.</summary>
internal static class SpoolTime
{
    public static long ToStored(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;

    public static DateTimeOffset FromStored(long stored) => new(stored + DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.Zero);

    /// <summary>The lowest id that a message of this moment can have (RFC 9562 §5.7: the first 48 bits are Unix milliseconds).</summary>
    public static MessageId LowestId(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, time.ToUnixTimeMilliseconds()) << 16);
        return new MessageId(new Guid(bytes, bigEndian: true));
    }
}
