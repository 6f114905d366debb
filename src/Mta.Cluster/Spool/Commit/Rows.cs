using Mta.Queueing;

namespace Mta.Cluster.Spool.Commit;

/// <summary>A row of <c>spool_message</c>. <paramref name="Body"/> is null where the body stands in chunks.</summary>
internal readonly record struct MessageRow(
    MessageId Id, long AcceptedAt, string AcceptedBy, long Size, int ChunkCount, byte[] Envelope, ReadOnlyMemory<byte>? Body);

/// <summary>A row of <c>spool_ref</c>.</summary>
internal readonly record struct RefRow(RefId Id, int Partition, string Domain, long AcceptedAt, string AcceptedBy, byte[] Recipients);

/// <summary>A row of <c>spool_chunk</c>.</summary>
internal readonly record struct ChunkRow(MessageId Id, int Sequence, ReadOnlyMemory<byte> Bytes);

/// <summary>Which ref, and the partition that it must belong to.</summary>
internal readonly record struct RefKey(int Partition, RefId Id);

/// <summary>A row of <c>spool_attempt</c>: the attempts of a ref take turns at its slots.</summary>
internal readonly record struct AttemptRow(RefKey Key, int Slot, long At, byte[] Record);

/// <summary>What stays of a ref.</summary>
internal readonly record struct NarrowRow(RefKey Key, int Flags, byte[] Recipients);

/// <summary>What stands in <c>spool_chunk</c> for one message.</summary>
internal readonly record struct ChunkTotals(int Count, long Size);

/// <summary>The bits of <c>spool_ref.flags</c>.</summary>
internal static class RefFlags
{
    public const int DelayNotified = 1;
}
