namespace Mta.Protocol.Smtp.Client;

/// <summary>Enhanced status codes at the head of a reply's text (RFC 2034 §4).</summary>
internal static class EnhancedCodeReader
{
    /// <summary>Reads <c>class "." subject "." detail</c>, followed by a space or the end.</summary>
    /// <param name="text">The text after the reply code and its separator.</param>
    /// <param name="code">The code.</param>
    /// <param name="length">How many bytes it takes, with the space after it.</param>
    internal static bool TryRead(ReadOnlySpan<byte> text, out EnhancedCode code, out int length)
    {
        code = EnhancedCode.None;
        length = 0;
        if (text.Length < 5 || text[0] is not ((byte)'2' or (byte)'4' or (byte)'5') || text[1] != '.') return false;
        var at = 2;
        if (!TryNumber(text, ref at, out var subject) || at >= text.Length || text[at++] != '.') return false;
        if (!TryNumber(text, ref at, out var detail) || (at < text.Length && text[at] != ' ')) return false;
        code = new EnhancedCode((byte)(text[0] - '0'), subject, detail);
        length = Math.Min(at + 1, text.Length);
        return true;
    }

    /// <summary>The enhanced code that is believed beside a basic code.</summary>
    /// <param name="basic">The three digits.</param>
    /// <param name="enhanced">The peer's enhanced code.</param>
    internal static EnhancedCode Reconcile(int basic, EnhancedCode enhanced)
    {
        var @class = basic / 100;
        if (!enhanced.HasValue || @class is 3) return EnhancedCode.None;
        // RFC 2034 §4: the two must agree. Where they do not, the basic code wins: it is what every client obeys.
        return enhanced.Class == @class ? enhanced : enhanced with { Class = (byte)@class };
    }

    // RFC 3463 §2: subject and detail are 1*3digit.
    private static bool TryNumber(ReadOnlySpan<byte> text, ref int at, out short number)
    {
        number = 0;
        var start = at;
        while (at < text.Length && at - start < 3 && text[at] is >= (byte)'0' and <= (byte)'9') number = (short)((number * 10) + text[at++] - '0');
        return at > start;
    }
}
