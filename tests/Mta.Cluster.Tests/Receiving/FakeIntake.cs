using System.Collections.Concurrent;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Queueing;
using Xunit;

namespace Mta.Cluster.Tests.Receiving;

/// <summary>An intake in memory that can be closed, fail, or hang until it is let go.</summary>
internal sealed class FakeIntake : IIntake
{
    private readonly ConcurrentDictionary<MessageId, FakeWriter> _writers = new();

    public bool IsOpen { get; set; } = true;

    /// <summary>Carried out before a message is stored: throw to fail, wait to hang.</summary>
    public Func<CancellationToken, Task> OnAccept { get; set; } = _ => Task.CompletedTask;

    /// <summary>Carried out before a chunk is stored.</summary>
    public Func<CancellationToken, Task> OnChunk { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<Stored> Messages { get; } = new();

    public ConcurrentQueue<FakeWriter> Writers { get; } = new();

    /// <summary>Completes when the first chunk has been stored.</summary>
    public TaskCompletionSource FirstChunk { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IChunkedBodyWriter WriteChunks(MessageId id)
    {
        var writer = _writers[id] = new FakeWriter(this);
        Writers.Enqueue(writer);
        return writer;
    }

    public async Task AcceptAsync(IncomingMessage message, CancellationToken cancel)
    {
        await OnAccept(cancel);
        Assert.True(message.Inline is null != message.Chunks is null);
        var body = message.Inline?.Memory.ToArray() ?? _writers[message.Id].Bytes;
        Messages.Enqueue(new Stored(message, body));
    }

    internal sealed record Stored(IncomingMessage Message, byte[] Body)
    {
        public string Text => System.Text.Encoding.Latin1.GetString(Body);
    }

    internal sealed class FakeWriter(FakeIntake intake) : IChunkedBodyWriter
    {
        private readonly MemoryStream _bytes = new();
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public byte[] Bytes => _bytes.ToArray();

        public List<int> ChunkSizes { get; } = [];

        public bool IsComplete { get; private set; }

        public Task Disposed => _disposed.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public async Task WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancel)
        {
            Assert.Equal(1, Interlocked.Increment(ref _calls));
            await intake.OnChunk(cancel);
            _bytes.Write(chunk.Span);
            ChunkSizes.Add(chunk.Length);
            Interlocked.Decrement(ref _calls);
            intake.FirstChunk.TrySetResult();
        }

        public Task<ChunkedBody> CompleteAsync(CancellationToken cancel)
        {
            IsComplete = true;
            return Task.FromResult(new ChunkedBody(ChunkSizes.Count, _bytes.Length));
        }

        public ValueTask DisposeAsync()
        {
            _disposed.TrySetResult();
            return default;
        }
    }
}
