using System.Text;
using Mta.Protocol.Smtp.Grammar;

namespace Mta.Protocol.Smtp.Server;

/// <summary>The parameters of MAIL.</summary>
internal struct MailParameters
{
    public BodyType Body { get; private set; }

    public bool SmtpUtf8 { get; private set; }

    public DsnReturn Return { get; private set; }

    public string? EnvelopeId { get; private set; }

    /// <summary>The announced size in octets, -1 when there is none.</summary>
    public long Size { get; private set; }

    /// <summary>Reads all parameters.</summary>
    /// <returns>Null, or the reply to the first fault.</returns>
    public static byte[]? Read(ReadOnlySpan<byte> text, out MailParameters parameters)
    {
        parameters = new MailParameters { Size = -1 };
        ParameterReader reader = new(text);
        Known seen = Known.None;
        while (reader.TryRead(out Parameter parameter))
        {
            Known known = Name(parameter.Keyword);
            if (known == Known.None)
                return Replies.UnknownParameter;
            // RFC 3461 §4.3, §4.4: not more than once.
            if ((seen & known) != 0 || !parameters.Set(known, parameter))
                return Replies.BadParameter;
            seen |= known;
        }
        return reader.IsMalformed ? Replies.MailSyntax : null;
    }

    private bool Set(Known known, Parameter parameter) => known switch
    {
        Known.Size => SetSize(parameter.Value),
        Known.Body => SetBody(parameter.Value),
        Known.SmtpUtf8 => SetSmtpUtf8(parameter),
        Known.Ret => SetReturn(parameter.Value),
        Known.EnvId => SetEnvelopeId(parameter.Value),
        // RFC 4954 §5: taken and, the client not being trusted to name others, treated as AUTH=<>.
        _ => CommandLine.Is(parameter.Value, "<>"u8) || Xtext.IsValid(parameter.Value),
    };

    private bool SetSize(ReadOnlySpan<byte> value)
    {
        // RFC 1870 §4: 1*20DIGIT.
        bool good = Digits.TryRead(value, out long size);
        Size = size;
        return good;
    }

    private bool SetBody(ReadOnlySpan<byte> value)
    {
        bool eight = CommandLine.Is(value, "8BITMIME"u8);
        Body = eight ? BodyType.EightBitMime : BodyType.SevenBit;
        return eight || CommandLine.Is(value, "7BIT"u8);
    }

    private bool SetSmtpUtf8(Parameter parameter)
    {
        // RFC 6531 §3.4: the parameter has no value.
        SmtpUtf8 = !parameter.HasValue;
        return SmtpUtf8;
    }

    private bool SetReturn(ReadOnlySpan<byte> value)
    {
        Return = CommandLine.Is(value, "FULL"u8) ? DsnReturn.Full : CommandLine.Is(value, "HDRS"u8) ? DsnReturn.Headers : DsnReturn.Unspecified;
        return Return != DsnReturn.Unspecified;
    }

    private bool SetEnvelopeId(ReadOnlySpan<byte> value)
    {
        // RFC 3461 §4.4: at most 100 characters, printable when decoded.
        if (value.IsEmpty || value.Length > 100 || !Xtext.IsValid(value) || !Xtext.DecodesToPrintable(value))
            return false;
        EnvelopeId = Encoding.ASCII.GetString(value);
        return true;
    }

    private static Known Name(ReadOnlySpan<byte> keyword) => keyword switch
    {
        _ when CommandLine.Is(keyword, "SIZE"u8) => Known.Size,
        _ when CommandLine.Is(keyword, "BODY"u8) => Known.Body,
        _ when CommandLine.Is(keyword, "SMTPUTF8"u8) => Known.SmtpUtf8,
        _ when CommandLine.Is(keyword, "RET"u8) => Known.Ret,
        _ when CommandLine.Is(keyword, "ENVID"u8) => Known.EnvId,
        _ when CommandLine.Is(keyword, "AUTH"u8) => Known.Auth,
        _ => Known.None,
    };

    [Flags]
    private enum Known
    {
        None = 0,
        Size = 1,
        Body = 2,
        SmtpUtf8 = 4,
        Ret = 8,
        EnvId = 16,
        Auth = 32,
    }
}
