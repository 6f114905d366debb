using System.Globalization;
using System.Text;

namespace Mta.Protocol.Smtp.Client;

/// <summary>What this system decides by itself, before it asks the peer: recipients that cannot be sent to it as they are.</summary>
internal static class Screening
{
    private static readonly SmtpReply TooBig = new(552, new EnhancedCode(5, 3, 4), "Message is larger than the receiving system takes");
    private static readonly SmtpReply EightBit = new(554, new EnhancedCode(5, 6, 3), "Message has 8-bit content and the receiving system does not take it");
    private static readonly SmtpReply Utf8Content = new(550, new EnhancedCode(5, 6, 7), "Message is internationalized and the receiving system does not support SMTPUTF8");
    private static readonly SmtpReply Utf8Address = new(553, new EnhancedCode(5, 6, 7), "Address is internationalized and the receiving system does not support SMTPUTF8");
    private static readonly SmtpReply BadRecipient = new(553, new EnhancedCode(5, 1, 3), "Address cannot be written in SMTP");
    private static readonly SmtpReply BadSender = new(553, new EnhancedCode(5, 1, 7), "Sender address cannot be written in SMTP");

    /// <summary>Records local rejections, and puts all other recipients among those that wait for a round.</summary>
    internal static void Apply(Transaction transaction, PeerExtensions peer, ClientSessionOptions options)
    {
        var message = transaction.Message;
        if (RejectAll(message, peer, options) is { } reply)
        {
            transaction.SetRest(new RecipientOutcome.Rejected(ClientStage.Mail, reply, IsLocal: true));
            return;
        }
        for (var i = 0; i < message.Envelope.Recipients.Length; i++)
        {
            if (Reject(message.Envelope.Recipients[i].Address, peer) is { } refusal)
                transaction.Set(i, new RecipientOutcome.Rejected(ClientStage.Rcpt, refusal, IsLocal: true));
            else
                transaction.Waiting.Add(i);
        }
    }

    /// <summary>True where the sender or the headers need SMTPUTF8, or a recipient does (RFC 6531 §3.1).</summary>
    internal static bool NeedsSmtpUtf8(OutgoingMessage message)
    {
        if (message.HasUtf8Headers || message.Envelope.ReversePath.NeedsSmtpUtf8) return true;
        foreach (var recipient in message.Envelope.Recipients)
            if (recipient.Address.NeedsSmtpUtf8) return true;
        return false;
    }

    /// <summary>A parameter's value as it may be sent, or null where there is none to send.</summary>
    /// <param name="value">The value as it was given, encoded already.</param>
    /// <param name="utf8">True where the peer takes UTF-8 in it.</param>
    internal static string? Parameter(string? value, bool utf8)
    {
        if (string.IsNullOrEmpty(value)) return null;
        foreach (var c in value)
            if (c is <= ' ' or '\x7f') return null; // RFC 5321 §4.1.2: esmtp-value has neither space nor control.
        return utf8 || Ascii.IsValid(value) ? value : EscapeUnicode(value);
    }

    private static SmtpReply? RejectAll(OutgoingMessage message, PeerExtensions peer, ClientSessionOptions options)
    {
        // RFC 1870 §6.1: a client need not try what the server says that it will refuse.
        if (peer.SizeLimitBytes > 0 && message.SizeBytes > peer.SizeLimitBytes) return TooBig;
        if (message.HasEightBit && !peer.EightBitMime && options.EightBit == EightBitPolicy.Bounce) return EightBit;
        if (!peer.SmtpUtf8 && message.HasUtf8Headers) return Utf8Content;
        if (!IsWritable(message.Envelope.ReversePath)) return BadSender;
        return !peer.SmtpUtf8 && message.Envelope.ReversePath.NeedsSmtpUtf8 ? Utf8Address : null;
    }

    private static SmtpReply? Reject(Address address, PeerExtensions peer)
    {
        if (!IsWritable(address) || address.IsNull) return BadRecipient;
        return !peer.SmtpUtf8 && address.NeedsSmtpUtf8 ? Utf8Address : null;
    }

    // The grammar that made the address allows no control character; that it never ends a command early is made sure of here once more.
    private static bool IsWritable(Address address) => !HasControl(address.LocalPart) && !HasControl(address.Domain);

    private static bool HasControl(string? text) => text is not null && text.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0;

    // RFC 6533 §3: to a peer without SMTPUTF8, utf-8-addr-unitext goes as utf-8-addr-xtext, "\x{" HEXPOINT "}".
    private static string EscapeUnicode(string value)
    {
        var escaped = new StringBuilder(value.Length + 16);
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.IsAscii) escaped.Append((char)rune.Value);
            else escaped.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }
        return escaped.ToString();
    }
}
