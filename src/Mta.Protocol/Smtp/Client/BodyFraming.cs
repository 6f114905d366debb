using System.Buffers;

namespace Mta.Protocol.Smtp.Client;

/// <summary>How content is written to the peer: dot-stuffed for DATA, as it is for BDAT. One instance serves one sending of one message.</summary>
public abstract class BodyFraming
{
    private protected BodyFraming() { }

    /// <summary>True once everything that makes the content whole for the peer has been written: from here on delivery is in doubt.</summary>
    internal abstract bool IsWhole { get; }

    /// <summary>Writes a chunk of content; chunks may be split anywhere, and may be empty.</summary>
    /// <param name="chunk">The next bytes of the content.</param>
    /// <param name="output">Where they go, framed. The driver flushes when it likes; at the latest after <see cref="ClientSession.BodySent"/>.</param>
    public abstract void Write(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output);

    /// <summary>Ends the content. False where it is not what was announced to the peer, so that the connection must be cut.</summary>
    internal abstract bool Finish(IBufferWriter<byte> output);
}
