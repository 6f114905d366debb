using Mta.Cluster.Spool.Commit;
using Mta.Queueing;

namespace Mta.Cluster.Spool.Bodies;

/// <summary>A body on its way into the chunk table.</summary>
internal sealed class ChunkedBodyWriter(MessageId id, CommitQueue queue) : IChunkedBodyWriter
{
    private int _count;
    private long _size;
    private bool _completed;
    private bool _broken;

    public async Task WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancel)
    {
        if (_completed || _broken)
            throw new InvalidOperationException("The body has been completed, or a chunk of it was not stored.");
        if (chunk.IsEmpty)
            return;
        // The caller may use its memory again even where the commit still runs after a timeout: the item has its own copy.
        _broken = true;
        await queue.SubmitAsync(new ChunkItem(id, _count, BodyBuffer.Copy(chunk.Span)), Lane, cancel).ConfigureAwait(false);
        _broken = false;
        _count++;
        _size += chunk.Length;
    }

    public Task<ChunkedBody> CompleteAsync(CancellationToken cancel)
    {
        if (_broken)
            throw new InvalidOperationException("A chunk of the body was not stored.");
        _completed = true;
        return Task.FromResult(new ChunkedBody(_count, _size));
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed || (_count == 0 && !_broken))
            return;
        _completed = true;
        try
        {
            await queue.SubmitAsync(new DiscardItem([id]), Lane, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SpoolUnavailableException)
        {
            // What could not be discarded now is swept later.
        }
    }

    // The same lane as the message's accept: a message's writes never overtake each other.
    private int Lane => id.Value.GetHashCode();
}
