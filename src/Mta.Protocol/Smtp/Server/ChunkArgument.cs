using System.Buffers.Text;

namespace Mta.Protocol.Smtp.Server;

/// <summary>What follows BDAT.</summary>
internal static class ChunkArgument
{
    /// <summary><c>chunk-size [ SP end-marker ]</c>, <c>chunk-size = 1*DIGIT</c>, <c>end-marker = "LAST"</c> (RFC 3030 §2).</summary>
    public static bool TryRead(ReadOnlySpan<byte> argument, out long size, out bool last)
    {
        last = false;
        int space = argument.IndexOf((byte)' ');
        ReadOnlySpan<byte> digits = space < 0 ? argument : argument[..space];
        bool isNumber = Digits.TryRead(digits, out size);
        if (space < 0)
            return isNumber;
        last = CommandLine.Is(argument[space..].Trim((byte)' '), "LAST"u8);
        return isNumber && last;
    }
}

/// <summary>Numbers without sign.</summary>
internal static class Digits
{
    /// <summary><c>1*20DIGIT</c>; a number beyond 63 bits is read as the largest that there is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > 20 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        if (!Utf8Parser.TryParse(text, out value, out _))
            value = long.MaxValue;
        return true;
    }
}
