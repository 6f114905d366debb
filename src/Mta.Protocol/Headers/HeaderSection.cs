using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Mta.Protocol.Headers;

/// <summary>
/// Gathers the header section of a message that comes piece by piece, up to the empty line (RFC 5322 §2.1), and reads its fields. What is longer than the limit is cut off at a line. Not
/// thread-safe.
/// </summary>
/// <param name="maxOctets">How much is kept.</param>
public sealed class HeaderSection(int maxOctets = HeaderSection.DefaultMaxOctets)
{
    /// <summary>How much is kept where nothing else is said.</summary>
    public const int DefaultMaxOctets = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _kept = new();
    private int _searched;

    /// <summary>True where the whole section is there, or as much of it as is kept.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True where the section is longer than what is kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Takes the next octets of the message.</summary>
    /// <returns>True while more are wanted.</returns>
    public bool Append(ReadOnlySpan<byte> octets)
    {
        if (IsComplete)
            return false;
        _kept.Write(octets[..Math.Min(octets.Length, Math.Max(0, maxOctets + 4 - _kept.WrittenCount))]);
        int end = FindEnd();
        if (end >= 0)
            Complete(end);
        else if (_kept.WrittenCount >= maxOctets + 4)
            CutOff();
        return !IsComplete;
    }

    /// <summary>The fields, in their order.</summary>
    public ImmutableArray<HeaderField> Fields()
    {
        ImmutableArray<HeaderField>.Builder fields = ImmutableArray.CreateBuilder<HeaderField>();
        ReadOnlySpan<byte> rest = IsComplete ? _kept.WrittenSpan[.._searched] : _kept.WrittenSpan;
        while (!rest.IsEmpty)
        {
            int length = LengthOfField(rest);
            fields.Add(Read(rest[..length]));
            rest = rest[Math.Min(rest.Length, length + 2)..];
        }
        return fields.DrainToImmutable();
    }

    // The empty line, or the place of it where the message has no header at all. The last three octets may be its beginning.
    private int FindEnd()
    {
        ReadOnlySpan<byte> kept = _kept.WrittenSpan;
        if (kept.StartsWith("\r\n"u8))
            return 0;
        int found = kept[_searched..].IndexOf("\r\n\r\n"u8);
        int from = _searched;
        _searched = Math.Max(0, kept.Length - 3);
        return found < 0 ? -1 : from + found;
    }

    private void Complete(int length)
    {
        IsCut = length > maxOctets;
        IsComplete = true;
        _searched = IsCut ? Math.Max(0, _kept.WrittenSpan[..maxOctets].LastIndexOf("\r\n"u8)) : length;
    }

    private void CutOff()
    {
        IsCut = IsComplete = true;
        _searched = Math.Max(0, _kept.WrittenSpan[..maxOctets].LastIndexOf("\r\n"u8));
    }

    // RFC 5322 §2.2.3: a line that begins with white space goes on with the field.
    private static int LengthOfField(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (true)
        {
            int end = text[at..].IndexOf("\r\n"u8);
            if (end < 0)
                return text.Length;
            at += end;
            if (at + 2 >= text.Length || text[at + 2] is not ((byte)' ' or (byte)'\t'))
                return at;
            at += 2;
        }
    }

    private static HeaderField Read(ReadOnlySpan<byte> field)
    {
        int colon = field.IndexOf((byte)':');
        // RFC 5322 §3.6.8: printable octets apart from the colon; §4.5: white space may stand before it.
        ReadOnlySpan<byte> name = colon <= 0 ? [] : field[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? new HeaderField("", Unfold(field))
            : new HeaderField(Encoding.ASCII.GetString(name), Unfold(field[(colon + 1)..]));
    }

    private static string Unfold(ReadOnlySpan<byte> value) =>
        Encoding.UTF8.GetString(value).Replace("\r\n", "", StringComparison.Ordinal).Trim(' ', '\t');
}
