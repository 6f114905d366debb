using System.Buffers.Binary;

namespace Mta.Queueing;

/// <summary>
/// Hashes that are the same in every process, on every machine and in every version: partitions, lanes and jitter are derived from them.
/// The functions are part of the stored form and never change.
/// </summary>
internal static class StableHash
{
    private const ulong Offset = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>FNV-1a, 64 bits, over the octets of the text that <see cref="QueueKey.ToString"/> writes; a letter of ASCII counts as lower-case.</summary>
    public static ulong Of(QueueKey key)
    {
        var hash = Text(Offset, key.Domain);
        if (key.Lane == 0) return Mix(hash);

        Span<char> digits = stackalloc char[11];
        key.Lane.TryFormat(digits, out var written, default, System.Globalization.CultureInfo.InvariantCulture);
        return Mix(Text(Octet(hash, (byte)'#'), digits[..written]));
    }

    /// <summary>A hash of a message's id.</summary>
    public static ulong Of(MessageId id)
    {
        Span<byte> octets = stackalloc byte[16];
        id.Value.TryWriteBytes(octets, bigEndian: true, out _);
        return Mix(BinaryPrimitives.ReadUInt64BigEndian(octets) * Prime ^ BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));
    }

    /// <summary>A number from 0 to just below 1 that a ref has for one attempt.</summary>
    public static double Fraction(RefId id, int attempt)
    {
        var hash = Mix(Of(id.Message) ^ ((ulong)(uint)id.Ordinal << 32 | (uint)attempt));
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    private static ulong Text(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            var lower = c is >= 'A' and <= 'Z' ? c + ('a' - 'A') : c;
            hash = Octet(hash, (byte)lower);
            if (lower > 0xff) hash = Octet(hash, (byte)(lower >> 8));
        }

        return hash;
    }

    private static ulong Octet(ulong hash, byte octet) => (hash ^ octet) * Prime;

    // FNV-1a leaves its low bits weak, and a count of partitions that is a power of two takes only those.
    private static ulong Mix(ulong hash)
    {
        hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
        hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
        return hash ^ hash >> 33;
    }
}
