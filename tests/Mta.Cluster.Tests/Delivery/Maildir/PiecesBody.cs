using System.Runtime.CompilerServices;
using Mta.Cluster.Spool;

namespace Mta.Cluster.Tests.Delivery.Maildir;

/// <summary>A body in pieces that a test chooses; after the last one it may fail.</summary>
internal sealed class PiecesBody(IEnumerable<byte[]> pieces, Exception? failure = null) : IMessageBody
{
    public PiecesBody(string text)
        : this([System.Text.Encoding.UTF8.GetBytes(text)])
    {
    }

    public long Size => 0;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            // A piece is valid until the next is asked for.
            var lent = piece.ToArray();
            yield return lent;
            Array.Fill(lent, (byte)'#');
        }
        if (failure is not null)
            throw failure;
    }

    public bool TryGetMemory(out ReadOnlyMemory<byte> whole)
    {
        whole = default;
        return false;
    }

    public ValueTask DisposeAsync() => default;
}
