using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mta.Protocol.Smtp.Client;

/// <summary>Writes commands (RFC 5321 §4.1.1). Arguments have been screened: none holds a control character.</summary>
internal static class CommandWriter
{
    internal static void Line(IBufferWriter<byte> output, ReadOnlySpan<byte> command)
    {
        output.Write(command);
        output.Write("\r\n"u8);
    }

    internal static void Line(IBufferWriter<byte> output, ReadOnlySpan<byte> verb, string argument)
    {
        output.Write(verb);
        Text(output, argument);
        output.Write("\r\n"u8);
    }

    internal static void BdatLast(IBufferWriter<byte> output, long size)
    {
        output.Write("BDAT "u8);
        Number(output, size);
        output.Write(" LAST\r\n"u8);
    }

    // RFC 5321 §4.1.1.2, with the parameters of RFC 1870, 6152, 6531 and 3461 where the peer knows them.
    internal static void Mail(IBufferWriter<byte> output, OutgoingMessage message, PeerExtensions peer)
    {
        var envelope = message.Envelope;
        output.Write("MAIL FROM:<"u8);
        Text(output, envelope.ReversePath.ToString());
        output.Write(">"u8);
        if (peer.Size)
        {
            output.Write(" SIZE="u8);
            Number(output, message.SizeBytes);
        }
        if (peer.EightBitMime && (message.HasEightBit || envelope.Body == BodyType.EightBitMime)) output.Write(" BODY=8BITMIME"u8);
        if (peer.SmtpUtf8 && Screening.NeedsSmtpUtf8(message)) output.Write(" SMTPUTF8"u8);
        if (peer.Dsn) Dsn(output, envelope);
        output.Write("\r\n"u8);
    }

    // RFC 5321 §4.1.1.3, RFC 3461 §4.1 and §4.2.
    internal static void Rcpt(IBufferWriter<byte> output, Recipient recipient, PeerExtensions peer)
    {
        output.Write("RCPT TO:<"u8);
        Text(output, recipient.Address.ToString());
        output.Write(">"u8);
        if (peer.Dsn)
        {
            Notify(output, recipient.Notify);
            if (Screening.Parameter(recipient.OriginalRecipient, peer.SmtpUtf8) is { } original)
            {
                output.Write(" ORCPT="u8);
                Text(output, original);
            }
        }
        output.Write("\r\n"u8);
    }

    private static void Dsn(IBufferWriter<byte> output, Envelope envelope)
    {
        if (envelope.Return == DsnReturn.Full) output.Write(" RET=FULL"u8);
        if (envelope.Return == DsnReturn.Headers) output.Write(" RET=HDRS"u8);
        if (Screening.Parameter(envelope.EnvelopeId, utf8: false) is not { } id) return;
        output.Write(" ENVID="u8);
        Text(output, id);
    }

    private static void Notify(IBufferWriter<byte> output, DsnNotify notify)
    {
        if (notify == DsnNotify.Unspecified) return;
        output.Write(" NOTIFY="u8);
        // RFC 3461 §4.1: NEVER stands alone.
        if (notify.HasFlag(DsnNotify.Never))
        {
            output.Write("NEVER"u8);
            return;
        }
        var separator = ReadOnlySpan<byte>.Empty;
        Flag(output, notify, DsnNotify.Success, "SUCCESS"u8, ref separator);
        Flag(output, notify, DsnNotify.Failure, "FAILURE"u8, ref separator);
        Flag(output, notify, DsnNotify.Delay, "DELAY"u8, ref separator);
    }

    private static void Flag(IBufferWriter<byte> output, DsnNotify notify, DsnNotify flag, ReadOnlySpan<byte> word, ref ReadOnlySpan<byte> separator)
    {
        if (!notify.HasFlag(flag)) return;
        output.Write(separator);
        output.Write(word);
        separator = ","u8;
    }

    private static void Text(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    private static void Number(IBufferWriter<byte> output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }
}
