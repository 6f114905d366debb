namespace Mta.Protocol.Smtp.Grammar;

/// <summary>One esmtp-param.</summary>
internal readonly ref struct Parameter(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value, bool hasValue)
{
    public ReadOnlySpan<byte> Keyword { get; } = keyword;

    public ReadOnlySpan<byte> Value { get; } = value;

    public bool HasValue { get; } = hasValue;
}

/// <summary>Reads <c>*(SP esmtp-param)</c> (RFC 5321 §4.1.2).</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>True once something was found that is no parameter.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>
    /// <c>SP esmtp-keyword ["=" esmtp-value]</c>; several spaces are taken for one.
    /// </summary>
    /// <returns>False at the end and at a fault.</returns>
    public bool TryRead(out Parameter parameter)
    {
        parameter = default;
        if (_rest.IsEmpty || IsMalformed)
            return false;
        ReadOnlySpan<byte> word = _rest.TrimStart((byte)' ');
        if (word.Length == _rest.Length)
        {
            IsMalformed = true;
            return false;
        }
        if (word.IsEmpty)
        {
            _rest = default;
            return false;
        }
        int end = word.IndexOf((byte)' ');
        _rest = end < 0 ? default : word[end..];
        return Split(end < 0 ? word : word[..end], out parameter);
    }

    private bool Split(ReadOnlySpan<byte> word, out Parameter parameter)
    {
        int equals = word.IndexOf((byte)'=');
        ReadOnlySpan<byte> keyword = equals < 0 ? word : word[..equals];
        ReadOnlySpan<byte> value = equals < 0 ? [] : word[(equals + 1)..];
        parameter = new Parameter(keyword, value, equals >= 0);
        IsMalformed = !IsKeyword(keyword) || (equals >= 0 && !IsValue(value));
        return !IsMalformed;
    }

    /// <summary><c>esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")</c>.</summary>
    private static bool IsKeyword(ReadOnlySpan<byte> word) =>
        !word.IsEmpty && word[0] != '-' && !word.ContainsAnyExcept(GrammarSets.LetDigHyphen);

    /// <summary><c>esmtp-value = 1*(%d33-60 / %d62-126 / UTF8-non-ascii)</c> (RFC 6531 §3.3).</summary>
    private static bool IsValue(ReadOnlySpan<byte> word)
    {
        foreach (byte octet in word)
        {
            if (octet is <= 0x20 or 0x7f or (byte)'=')
                return false;
        }
        return !word.IsEmpty;
    }
}
