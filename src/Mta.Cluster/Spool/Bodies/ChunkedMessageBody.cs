using System.Runtime.CompilerServices;
using Mta.Cluster.Spool.Sql;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Bodies;

/// <summary>A body in chunks, of which one at a time is in memory.</summary>
internal sealed class ChunkedMessageBody(
    MessageId id, BodyRow row, Func<int, CancellationToken, Task<BodyBuffer?>> readChunk) : IMessageBody
{
    public long Size => row.Size;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var sequence = 0; sequence < row.ChunkCount; sequence++)
        {
            using var chunk = await readChunk(sequence, cancel).ConfigureAwait(false)
                ?? throw new SpoolUnavailableException($"Chunk {sequence} of {row.ChunkCount} of message {id} is missing.");
            yield return chunk.Memory;
        }
    }

    public bool TryGetMemory(out ReadOnlyMemory<byte> whole)
    {
        whole = default;
        return false;
    }

    public ValueTask DisposeAsync() => default;
}
