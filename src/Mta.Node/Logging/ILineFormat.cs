using System.Buffers;

namespace Mta.Node.Logging;

/// <summary>Writes an event as one line of UTF-8, with the line feed at its end and none before.</summary>
internal interface ILineFormat
{
    /// <summary>Writes an event.</summary>
    /// <param name="entry">The event.</param>
    /// <param name="output">Takes the bytes.</param>
    void Write(in LogEvent entry, IBufferWriter<byte> output);
}
