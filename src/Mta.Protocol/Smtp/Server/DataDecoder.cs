namespace Mta.Protocol.Smtp.Server;

/// <summary>
/// The framing of DATA: finds CRLF.CRLF and takes the stuffed dots out (RFC 5321 §4.5.2). It knows nothing but CRLF as the end of a line, so no
/// bare CR or LF can end a message early; whether such bytes are acceptable is for <see cref="MessageMeter"/> to say.
/// </summary>
/// <remarks>
/// States: LineStart (after CRLF, or at the beginning), Text, Cr (after a CR that was passed on), Dot (a dot at the start of a line, held back),
/// DotCr (that dot and a CR, both held back), End. LineStart → Dot on a dot, else Text; Dot → DotCr on CR, else Text without the dot; DotCr → End on LF, else
/// Text without the dot but with the CR.
/// </remarks>
internal struct DataDecoder
{
    private State _state;

    private enum State
    {
        LineStart,
        Text,
        Cr,
        Dot,
        DotCr,
        End,
    }

    /// <summary>True once CRLF.CRLF has been read.</summary>
    public readonly bool AtEnd => _state == State.End;

    /// <summary>Takes one run of message octets out of <paramref name="input"/>.</summary>
    /// <param name="input">What was received.</param>
    /// <param name="text">The run, possibly empty: octets of the message.</param>
    /// <returns>How many octets of the input are used up; at least one unless the input is empty or the end was reached.</returns>
    public int Next(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (input.IsEmpty || _state == State.End)
            return 0;
        switch (_state)
        {
            case State.LineStart when input[0] == '.':
                _state = State.Dot;
                return 1;
            case State.Dot when input[0] == '\r':
                _state = State.DotCr;
                return 1;
            case State.DotCr when input[0] == '\n':
                _state = State.End;
                return 1;
            case State.DotCr:
                _state = State.Text;
                text = "\r"u8;
                return 0;
            case State.Cr when input[0] == '\n':
                _state = State.LineStart;
                text = input[..1];
                return 1;
            default:
                return Run(input, out text);
        }
    }

    private int Run(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> text)
    {
        int end = input.IndexOf("\r\n."u8);
        if (end >= 0)
        {
            _state = State.Dot;
            text = input[..(end + 2)];
            return end + 3;
        }
        text = input;
        _state = input.EndsWith("\r\n"u8) ? State.LineStart : input[^1] == '\r' ? State.Cr : State.Text;
        return input.Length;
    }
}
