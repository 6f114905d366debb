using System.Buffers;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Receiving;

/// <summary>
/// The body of the message that is being received: in memory up to the inline threshold, beyond that in the spool, chunk by chunk. Used by one session on its
/// turns. The tasks it starts hold references of their own, so that a session which stops waiting for one may let go of everything.
/// <para>Closed ─Open─▶ open ─SpillAsync, Spilled─▶ open ─StoreAsync─▶ closed; open ─FailAsync─▶ swallowing; any ─DiscardAsync─▶ closed.</para>
/// </summary>
internal sealed class MessageBody(IIntake intake, int threshold) : IBufferWriter<byte>, IDisposable
{
    private const int FirstRent = 8 * 1024;

    // The line end that a session may add to a message's last line, and some slack.
    private const int Reserve = 64;

    private BodyBuffer? _buffer;
    private IChunkedBodyWriter? _writer;
    private Task _pending = Task.CompletedTask;
    private long _spilled;

    /// <summary>The id of the message.</summary>
    public MessageId Id { get; private set; }

    /// <summary>A body has been opened and neither stored nor discarded.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Storing has failed: what comes is swallowed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Octets so far, trace field included.</summary>
    public long Size => _spilled + (_buffer?.Length ?? 0);

    /// <summary>Octets of message that may come before <see cref="MustSpill"/> is to be looked at again.</summary>
    public int Room => threshold - Reserve - (_buffer?.Length ?? 0);

    /// <summary>The memory is full: spill, or, after a failure, forget.</summary>
    public bool MustSpill => Room <= 0;

    /// <summary>The message from its first octet on, until it is spilled.</summary>
    public ReadOnlySpan<byte> Head => _spilled > 0 || _buffer is null ? default : _buffer.Memory.Span;

    /// <summary>Begins a body.</summary>
    public void Open(MessageId id)
    {
        _buffer ??= new BodyBuffer(FirstRent);
        (Id, IsOpen, Failure, _spilled) = (id, true, null, 0);
    }

    /// <summary>Writes what is in memory to the spool; afterwards <see cref="Spilled"/> or <see cref="FailAsync"/>. Nothing may be written meanwhile.</summary>
    public Task SpillAsync(CancellationToken cancel)
    {
        _writer ??= intake.WriteChunks(Id);
        var task = WriteAsync(_writer, _buffer!.Retain(), cancel);
        _pending = task;
        return task;
    }

    /// <summary>The spill is done.</summary>
    public void Spilled()
    {
        _spilled += _buffer!.Length;
        _buffer.Clear();
    }

    /// <summary>The spool has failed, or is too slow: gives back what it holds, and swallows what still comes. The task never fails.</summary>
    public Task FailAsync(Exception why, Action<Exception, MessageId> onProblem)
    {
        Failure = why;
        // A write that is still under way keeps its own reference on the old buffer.
        _buffer?.Dispose();
        _buffer = new BodyBuffer(FirstRent);
        return DropWriterAsync(onProblem);
    }

    /// <summary>Forgets what was swallowed.</summary>
    public void Forget() => _buffer?.Clear();

    /// <summary>Completes when the message is on stable storage. The body is closed at once.</summary>
    public Task StoreAsync(Envelope envelope, DateTimeOffset arrivedAt, CancellationToken cancel)
    {
        var buffer = _buffer!;
        var writer = _writer;
        (_buffer, _writer, IsOpen) = (null, null, false);
        // RFC 6152: the session declares what the octets are, see ServerSession.Envelope.
        var hasEightBit = envelope.Body is BodyType.EightBitMime;
        return writer is null
            ? StoreInlineAsync(new IncomingMessage(Id, arrivedAt, envelope, buffer, null, hasEightBit), cancel)
            : StoreChunksAsync(writer, buffer, new IncomingMessage(Id, arrivedAt, envelope, null, null, hasEightBit), cancel);
    }

    /// <summary>Throws the body away. The task never fails.</summary>
    public Task DiscardAsync(Action<Exception, MessageId> onProblem)
    {
        _buffer?.Dispose();
        _buffer = null;
        IsOpen = false;
        return DropWriterAsync(onProblem);
    }

    /// <summary>Gives the memory back, whatever state the body is in. Chunks in the spool are left to its sweep.</summary>
    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }

    /// <inheritdoc/>
    public void Advance(int count) => Buffer().Advance(count);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => Buffer().GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Buffer().GetSpan(sizeHint);

    private BodyBuffer Buffer() => _buffer ?? throw new InvalidOperationException("No message is open.");

    private Task DropWriterAsync(Action<Exception, MessageId> onProblem)
    {
        if (_writer is not { } writer)
            return Task.CompletedTask;
        _writer = null;
        return DropAsync(writer, _pending, Id, onProblem);
    }

    private static async Task WriteAsync(IChunkedBodyWriter writer, BodyBuffer buffer, CancellationToken cancel)
    {
        using (buffer)
            await writer.WriteAsync(buffer.Memory, cancel).ConfigureAwait(false);
    }

    private async Task StoreInlineAsync(IncomingMessage message, CancellationToken cancel)
    {
        using (message.Inline)
            await intake.AcceptAsync(message, cancel).ConfigureAwait(false);
    }

    private async Task StoreChunksAsync(IChunkedBodyWriter writer, BodyBuffer rest, IncomingMessage message, CancellationToken cancel)
    {
        await using var ownWriter = writer.ConfigureAwait(false);
        using (rest)
        {
            if (rest.Length > 0)
                await writer.WriteAsync(rest.Memory, cancel).ConfigureAwait(false);
        }
        var chunks = await writer.CompleteAsync(cancel).ConfigureAwait(false);
        await intake.AcceptAsync(message with { Chunks = chunks }, cancel).ConfigureAwait(false);
    }

    // A writer takes one call at a time: what is under way ends first, well or badly.
    private static async Task DropAsync(IChunkedBodyWriter writer, Task pending, MessageId id, Action<Exception, MessageId> onProblem)
    {
        try
        {
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await writer.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SpoolUnavailableException or OperationCanceledException or IOException)
        {
            onProblem(e, id);
        }
    }
}
