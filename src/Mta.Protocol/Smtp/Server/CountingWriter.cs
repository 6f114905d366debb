using System.Buffers;

namespace Mta.Protocol.Smtp.Server;

/// <summary>The output of the call that is under way, with the count of what the call wrote.</summary>
internal sealed class CountingWriter : IBufferWriter<byte>
{
    private IBufferWriter<byte>? _target;

    /// <summary>Octets written since <see cref="Bind"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Begins a call.</summary>
    public void Bind(IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        Count = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _target!.Advance(count);
        Count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => _target!.GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => _target!.GetSpan(sizeHint);
}
