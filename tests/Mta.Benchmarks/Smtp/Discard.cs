using System.Buffers;

namespace Mta.Benchmarks.Smtp;

/// <summary>Takes octets and forgets them.</summary>
internal sealed class Discard : IBufferWriter<byte>
{
    private byte[] _buffer = new byte[256 * 1024];

    public void Advance(int count)
    {
        // Forgotten.
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _buffer.Length)
            _buffer = new byte[sizeHint];
        return _buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
