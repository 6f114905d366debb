namespace Mta.Protocol.Smtp.Dialogue;

/// <summary>Puts a line together out of the pieces in which it comes; keeps its beginning only.</summary>
internal sealed class DialogueLineBuffer
{
    /// <summary>How much of a line is kept.</summary>
    public const int MaxKept = 512;

    private readonly byte[] _kept = new byte[MaxKept];
    private int _count;
    private bool _isReturn;

    /// <summary>The beginning of the line.</summary>
    public ReadOnlySpan<byte> Line => _kept.AsSpan(0, _count);

    /// <summary>The length of the whole line.</summary>
    public long Length { get; private set; }

    /// <summary>True where more than the beginning has come.</summary>
    public bool IsCut => Length > _count;

    /// <summary>True where nothing has come yet.</summary>
    public bool IsEmpty => Length == 0 && !_isReturn;

    /// <summary>Takes octets up to the end of the line.</summary>
    /// <param name="octets">Octets; on return, those behind the line.</param>
    /// <param name="needsReturn">Only CRLF ends a line, and not LF alone.</param>
    /// <returns>True where the line is complete.</returns>
    public bool Take(ref ReadOnlySpan<byte> octets, bool needsReturn)
    {
        for (int i = 0; i < octets.Length; i++)
        {
            byte next = octets[i];
            if (next == (byte)'\n' && (_isReturn || !needsReturn))
            {
                octets = octets[(i + 1)..];
                _isReturn = false;
                return true;
            }
            if (_isReturn)
                Keep((byte)'\r');
            _isReturn = next == (byte)'\r';
            if (!_isReturn)
                Keep(next);
        }
        octets = [];
        return false;
    }

    /// <summary>The next line begins.</summary>
    public void Clear() => (_count, Length, _isReturn) = (0, 0, false);

    private void Keep(byte octet)
    {
        Length++;
        if (_count < MaxKept)
            _kept[_count++] = octet;
    }
}
