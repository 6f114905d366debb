using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <summary>
/// The content behind <c>BDAT n LAST</c> (RFC 3030 §2): n octets as they are. A chunk that goes beyond the announced size is not
/// written at all, so that no content is ever read as a command, nor a part taken for the whole; the session then cuts the connection.
/// </summary>
public sealed class ChunkFraming : BodyFraming
{
    private long _remaining;
    private bool _overrun;

    internal ChunkFraming(long sizeBytes) => _remaining = sizeBytes;

    internal override bool IsWhole => _remaining == 0;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (chunk.Length > _remaining)
        {
            _overrun = true;
            return;
        }
        _remaining -= chunk.Length;
        output.Write(chunk);
    }

    internal override bool Finish(IBufferWriter<byte> output) => _remaining == 0 && !_overrun;
}
