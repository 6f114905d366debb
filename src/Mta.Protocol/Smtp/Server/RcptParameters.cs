using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <summary>The parameters of RCPT (RFC 3461 §4.1, §4.2).</summary>
internal struct RcptParameters
{
    private const int MaxOriginalRecipient = 500;

    public DsnNotify Notify { get; private set; }

    public string? OriginalRecipient { get; private set; }

    /// <summary>Reads all parameters.</summary>
    /// <param name="text">What follows the path.</param>
    /// <param name="utf8">True in an SMTPUTF8 transaction, where ORCPT may hold UTF-8 (RFC 6533 §3).</param>
    /// <param name="parameters">What was read.</param>
    /// <returns>Null, or the reply to the first fault.</returns>
    public static byte[]? Read(ReadOnlySpan<byte> text, bool utf8, out RcptParameters parameters)
    {
        parameters = default;
        ParameterReader reader = new(text);
        while (reader.TryRead(out Parameter parameter))
        {
            bool isNotify = CommandLine.Is(parameter.Keyword, "NOTIFY"u8);
            if (!isNotify && !CommandLine.Is(parameter.Keyword, "ORCPT"u8))
                return Replies.UnknownParameter;
            if (!(isNotify ? parameters.SetNotify(parameter.Value) : parameters.SetOriginalRecipient(parameter.Value, utf8)))
                return Replies.BadParameter;
        }
        return reader.IsMalformed ? Replies.RcptSyntax : null;
    }

    private bool SetNotify(ReadOnlySpan<byte> value)
    {
        // RFC 3461 §4.1: not more than once.
        if (Notify != DsnNotify.Unspecified)
            return false;
        foreach (Range range in value.Split((byte)','))
        {
            DsnNotify one = NotifyWord(value[range]);
            if (one == DsnNotify.Unspecified)
                return false;
            Notify |= one;
        }
        // RFC 3461 §4.1: NEVER stands alone.
        return (Notify & DsnNotify.Never) == 0 || Notify == DsnNotify.Never;
    }

    private static DsnNotify NotifyWord(ReadOnlySpan<byte> word) => word switch
    {
        _ when CommandLine.Is(word, "NEVER"u8) => DsnNotify.Never,
        _ when CommandLine.Is(word, "SUCCESS"u8) => DsnNotify.Success,
        _ when CommandLine.Is(word, "FAILURE"u8) => DsnNotify.Failure,
        _ when CommandLine.Is(word, "DELAY"u8) => DsnNotify.Delay,
        _ => DsnNotify.Unspecified,
    };

    /// <summary><c>original-recipient-address = addr-type ";" xtext</c>, addr-type an atom (RFC 3461 §4.2); at most 500 characters.</summary>
    private bool SetOriginalRecipient(ReadOnlySpan<byte> value, bool utf8)
    {
        int semicolon = value.IndexOf((byte)';');
        if (OriginalRecipient is not null || value.Length > MaxOriginalRecipient || semicolon <= 0 || semicolon == value.Length - 1)
            return false;
        ReadOnlySpan<byte> address = value[(semicolon + 1)..];
        if (value[..semicolon].ContainsAnyExcept(GrammarSets.Atext) || !(Xtext.IsValid(address) || (utf8 && Xtext.IsValidUtf8(address))))
            return false;
        OriginalRecipient = Encoding.UTF8.GetString(value);
        return true;
    }
}
