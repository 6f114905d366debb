namespace Mta.Cluster.Spool.Bodies;

/// <summary>A body in memory; owns one reference to it.</summary>
internal sealed class InlineBody(BodyBuffer buffer) : IMessageBody
{
    private BodyBuffer? _buffer = buffer;

    public long Size { get; } = buffer.Length;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        if (Size > 0)
            yield return Whole();
    }

    public bool TryGetMemory(out ReadOnlyMemory<byte> whole)
    {
        whole = Whole();
        return true;
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _buffer, null)?.Dispose();
        return default;
    }

    private ReadOnlyMemory<byte> Whole() => (_buffer ?? throw new ObjectDisposedException(nameof(InlineBody))).Memory;
}
