using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Mta.Cluster.Spool;
using Mta.Cluster.Spool.Search;
using Mta.Queueing;

namespace Mta.Cluster.Tests.Delivery.Connections;

/// <summary>A spool that has bodies and nothing else.</summary>
internal sealed class BodiesOnly : ISpool
{
    /// <summary>What opening a message's body gives: a body, null, or an exception.</summary>
    public ConcurrentDictionary<MessageId, Func<IMessageBody?>> Bodies { get; } = new();

    /// <summary>Completes before a body is given, where it is set.</summary>
    public Task? Gate { get; set; }

    public async ValueTask<IMessageBody?> OpenBodyAsync(MessageId id, CancellationToken cancel)
    {
        if (Gate is { } gate)
            await gate;
        return Bodies.TryGetValue(id, out var body) ? body() : null;
    }

    public Task OpenAsync(CancellationToken cancel) => throw new InvalidOperationException();

    public Task AcceptAsync(NewMessage message, CancellationToken cancel) => throw new InvalidOperationException();

    public IChunkedBodyWriter WriteChunks(MessageId id) => throw new InvalidOperationException();

    public Task<SettleResult> SettleAsync(Settlement settlement, CancellationToken cancel) => throw new InvalidOperationException();

    public Task<long> RaiseEpochAsync(int partition, string owner, CancellationToken cancel) => throw new InvalidOperationException();

    public IAsyncEnumerable<StoredRef> ReadRefsAsync(int partition, DateTimeOffset? acceptedFrom, CancellationToken cancel) =>
        throw new InvalidOperationException();

    public Task<IReadOnlyList<SearchedRef>> SearchAsync(int partition, SearchCriteria criteria, StoredRef? after, CancellationToken cancel) =>
        throw new InvalidOperationException();

    public Task<ILookup<int, RefId>?> FindAsync(SearchCriteria criteria, int most, CancellationToken cancel) => throw new InvalidOperationException();

    public Task<IReadOnlyList<QueuedRef>> ReadEnvelopesAsync(int partition, IReadOnlyList<RefId> ids, CancellationToken cancel) =>
        throw new InvalidOperationException();

    public Task<SweepResult> SweepAsync(TimeSpan olderThan, CancellationToken cancel) => throw new InvalidOperationException();
}

/// <summary>A body in memory, which knows whether it was given back.</summary>
internal sealed class MemoryBody(string text) : IMessageBody
{
    private readonly byte[] _octets = Encoding.UTF8.GetBytes(text);

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Size => _octets.Length;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        yield return _octets;
    }

    public bool TryGetMemory(out ReadOnlyMemory<byte> whole)
    {
        whole = _octets;
        return true;
    }

    public ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return default;
    }
}

/// <summary>A body in pieces, each made when it is asked for.</summary>
internal sealed class PiecesBody(int pieces, int size, Func<int, Task>? before = null) : IMessageBody
{
    private static readonly byte[] Line = Encoding.ASCII.GetBytes(new string('x', 62) + "\r\n");

    public long Size => (long)pieces * size;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var piece = new byte[size];
        for (var i = 0; i < size; i++)
            piece[i] = Line[i % Line.Length];
        for (var i = 0; i < pieces; i++)
        {
            if (before is not null)
                await before(i);
            yield return piece;
        }
    }

    public bool TryGetMemory(out ReadOnlyMemory<byte> whole)
    {
        whole = default;
        return false;
    }

    public ValueTask DisposeAsync() => default;
}
