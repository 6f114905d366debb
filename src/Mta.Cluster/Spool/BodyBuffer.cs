using System.Buffers;

namespace Mta.Cluster.Spool;

/// <summary>
/// A message body in one pooled array, shared by reference count: the session fills it, the spool writes it, the body cache and
/// deliveries read it. Whoever holds a reference disposes it once; the array goes back to the pool with the last one.
/// </summary>
public sealed class BodyBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;
    private int _references = 1;

    /// <summary>Rents a buffer; the caller holds its one reference.</summary>
    /// <param name="capacity">Octets to begin with; the buffer grows as it is written.</param>
    public BodyBuffer(int capacity) => _array = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Octets written.</summary>
    public int Length { get; private set; }

    /// <summary>Octets held from the pool.</summary>
    public int Capacity => _array.Length;

    /// <summary>What has been written; valid while a reference is held.</summary>
    public ReadOnlyMemory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _array.AsMemory(0, Length);
        }
    }

    /// <summary>A copy of <paramref name="bytes"/> in a buffer of its own.</summary>
    public static BodyBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        var buffer = new BodyBuffer(bytes.Length);
        buffer.Write(bytes);
        return buffer;
    }

    /// <summary>Takes one more reference, which is disposed on its own. The caller must hold one.</summary>
    /// <exception cref="ObjectDisposedException">The last reference has gone.</exception>
    public BodyBuffer Retain() => TryRetain() ? this : throw new ObjectDisposedException(nameof(BodyBuffer));

    /// <summary>Takes one more reference unless the last one has gone meanwhile.</summary>
    public bool TryRetain()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    /// <summary>Forgets what was written and keeps the array.</summary>
    public void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - Length));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    /// <summary>Gives one reference back.</summary>
    public void Dispose()
    {
        var left = Interlocked.Decrement(ref _references);
        ObjectDisposedException.ThrowIf(left < 0, this);
        if (left > 0)
            return;
        var array = _array;
        _array = [];
        Length = 0;
        ArrayPool<byte>.Shared.Return(array);
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed <= _array.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _array.Length * 2));
        _array.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
