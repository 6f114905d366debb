using System.Buffers;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>Sequences of many segments, an empty one among them, as pipes give them.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(byte[] octets, int size)
    {
        if (octets.Length <= size)
            return new ReadOnlySequence<byte>(octets);
        Segment first = new(default, 0);
        Segment last = first;
        for (int at = 0; at < octets.Length; at += size)
            last = last.Append(octets.AsMemory(at, Math.Min(size, octets.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
