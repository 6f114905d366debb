using System.Security.Cryptography;
using System.Text;
using MimeKit;
using Mta.Protocol.Smtp;

namespace Mta.Protocol.DeliveryStatus;

/// <summary>
/// Notifications: multipart/report (RFC 6522) with a text, a delivery status (RFC 3464; RFC 6533 where it is international) and the original or its
/// headers. A pure function: id and dates are given. What the network gave is escaped before it is written; the original stands only in its own part.
/// </summary>
public static class DsnComposer
{
    /// <summary>Makes a notification.</summary>
    /// <param name="request">What it says.</param>
    /// <exception cref="ArgumentException">The reverse-path is null, or there is no recipient: such a notification is never sent.</exception>
    public static DsnMessage Compose(DsnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // RFC 5321 §4.5.5, RFC 3461 §6.1
        if (request.Envelope.ReversePath.IsNull) throw new ArgumentException("No notification goes to the null reverse-path.", nameof(request));
        if (request.Recipients.IsDefaultOrEmpty) throw new ArgumentException("A notification has at least one recipient to report.", nameof(request));
        var utf8 = IsInternational(request);
        using var report = new MultipartReport("delivery-status") { Boundary = Boundary(request.MessageId) };
        report.Add(Text(DsnProse.Compose(request, utf8)));
        report.Add(Part("message", utf8 ? "global-delivery-status" : "delivery-status", Encoding.UTF8.GetBytes(DsnFields.Compose(request, utf8))));
        report.Add(DsnOriginal.Part(request));
        using var message = Message(request, report);
        var content = Write(message, utf8);
        // RFC 3461 §6.2: the notification of a notification is never wanted.
        var recipient = new Recipient(request.Envelope.ReversePath, DsnNotify.Never);
        var hasEightBit = !Ascii.IsValid(content);
        var envelope = new Envelope(Address.Null, [recipient], hasEightBit ? BodyType.EightBitMime : BodyType.SevenBit, SmtpUtf8: utf8);
        return new DsnMessage(content, envelope, hasEightBit, request.Envelope.ReversePath.NeedsSmtpUtf8);
    }

    /// <summary>A part whose content stands as it is.</summary>
    internal static MimePart Part(string type, string subtype, byte[] content) => new(type, subtype)
    {
        Content = new MimeContent(new MemoryStream(content, writable: false)),
        ContentTransferEncoding = Ascii.IsValid(content) ? ContentEncoding.SevenBit : ContentEncoding.EightBit,
    };

    private static MimePart Text(string text)
    {
        var part = Part("text", "plain", Encoding.UTF8.GetBytes(text));
        part.ContentType.Charset = "utf-8";
        return part;
    }

    private static MimeMessage Message(DsnRequest request, MultipartReport report)
    {
        var host = DsnText.OneLine(request.ReportingMta);
        var message = new MimeMessage { Body = report, Date = request.Date, MessageId = request.MessageId, Subject = DsnProse.Subject(request) };
        message.From.Add(new MailboxAddress("Mail Delivery System", $"MAILER-DAEMON@{host}"));
        message.Headers.Add(RawTo(request.Envelope.ReversePath));
        // RFC 3834 §5: no vacation program answers this.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        return message;
    }

    // Written as the envelope has it: an address that a client was allowed to give is not taken apart and put together anew.
    private static Header RawTo(Address address)
    {
        var header = new Header(HeaderId.To, "");
        header.SetRawValue(Encoding.UTF8.GetBytes($" <{DsnText.OneLine(address.ToString(), utf8: true)}>\r\n"));
        return header;
    }

    // RFC 6533 §4: only to a sender who used SMTPUTF8, and only where it is needed.
    private static bool IsInternational(DsnRequest request) =>
        request.Envelope.ReversePath.NeedsSmtpUtf8
        || (request.Envelope.SmtpUtf8 && request.Recipients.Any(r => r.Recipient.Address.NeedsSmtpUtf8 || !Ascii.IsValid(r.Recipient.OriginalRecipient ?? "")));

    private static string Boundary(string messageId) => "=_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16));

    private static byte[] Write(MimeMessage message, bool utf8)
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        options.International = utf8;
        options.EnsureNewLine = true;
        using var stream = new MemoryStream();
        message.WriteTo(options, stream);
        return stream.ToArray();
    }
}
