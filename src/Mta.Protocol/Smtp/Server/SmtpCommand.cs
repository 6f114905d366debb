using System.Text;

namespace Mta.Protocol.Smtp.Server;

/// <summary>The commands that a session knows.</summary>
internal enum SmtpCommand
{
    Unknown,
    Ehlo,
    Helo,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    StartTls,
    Auth,

    /// <summary>EXPN, SEND, SOML, SAML, TURN, ETRN: commands of the standards that this server does not offer.</summary>
    NotOffered,
}

/// <summary>A command line cut into its verb and what follows.</summary>
internal static class CommandLine
{
    /// <summary>Reads the verb of a line without CRLF.</summary>
    /// <param name="line">The line.</param>
    /// <param name="argument">What follows the verb, without the spaces around it (RFC 5321 §4.1.1: trailing space is tolerated).</param>
    public static SmtpCommand Read(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> argument)
    {
        int space = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> verb = space < 0 ? line : line[..space];
        argument = space < 0 ? [] : line[space..].Trim(" \t"u8);
        return verb.Length switch
        {
            4 => FourLetters(verb),
            8 when Is(verb, "STARTTLS"u8) => SmtpCommand.StartTls,
            _ => SmtpCommand.Unknown,
        };
    }

    private static SmtpCommand FourLetters(ReadOnlySpan<byte> verb)
    {
        Span<byte> upper = stackalloc byte[4];
        if (Ascii.ToUpper(verb, upper, out _) != System.Buffers.OperationStatus.Done)
            return SmtpCommand.Unknown;
        return upper switch
        {
            _ when upper.SequenceEqual("MAIL"u8) => SmtpCommand.Mail,
            _ when upper.SequenceEqual("RCPT"u8) => SmtpCommand.Rcpt,
            _ when upper.SequenceEqual("DATA"u8) => SmtpCommand.Data,
            _ when upper.SequenceEqual("BDAT"u8) => SmtpCommand.Bdat,
            _ when upper.SequenceEqual("EHLO"u8) => SmtpCommand.Ehlo,
            _ when upper.SequenceEqual("HELO"u8) => SmtpCommand.Helo,
            _ when upper.SequenceEqual("QUIT"u8) => SmtpCommand.Quit,
            _ when upper.SequenceEqual("RSET"u8) => SmtpCommand.Rset,
            _ when upper.SequenceEqual("NOOP"u8) => SmtpCommand.Noop,
            _ when upper.SequenceEqual("AUTH"u8) => SmtpCommand.Auth,
            _ when upper.SequenceEqual("VRFY"u8) => SmtpCommand.Vrfy,
            _ when upper.SequenceEqual("HELP"u8) => SmtpCommand.Help,
            _ when upper.SequenceEqual("EXPN"u8) || upper.SequenceEqual("TURN"u8) || upper.SequenceEqual("ETRN"u8)
                || upper.SequenceEqual("SEND"u8) || upper.SequenceEqual("SOML"u8) || upper.SequenceEqual("SAML"u8) => SmtpCommand.NotOffered,
            _ => SmtpCommand.Unknown,
        };
    }

    /// <summary>True where both are the same but for the case of ASCII letters.</summary>
    public static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> upper) => Ascii.EqualsIgnoreCase(word, upper);
}
