using System.Text;
using Mta.Cluster.Queues;
using Mta.Cluster.Spool;
using Mta.Protocol.Smtp;
using Mta.Queueing;

namespace Mta.Cluster.Tests.Queues;

/// <summary>Messages as a session hands them in, and what becomes of their recipients.</summary>
internal static class Letters
{
    public const string Sender = "sender@example.org";
    public const string Text = "Subject: x\r\nX-Mark: yes\r\n\r\nhello\r\n";

    public static readonly DeliveryPeer Peer = new("mx.example.com", "192.0.2.1:25", "TLS1.3");

    public static readonly RecipientOutcome Delivered = new RecipientOutcome.Delivered(Reply(250, 2, 0, 0, "OK"));

    public static readonly RecipientOutcome Later =
        new RecipientOutcome.Deferred(DeferralReason.RecipientDeferred, Reply(451, 4, 7, 1, "greylisted"));

    public static readonly RecipientOutcome Never = new RecipientOutcome.Rejected(Reply(550, 5, 1, 1, "no such user"));

    /// <summary>A message from <see cref="Sender"/> that arrives now.</summary>
    public static IncomingMessage To(params string[] recipients) => At(DateTimeOffset.UtcNow, recipients);

    /// <summary>A message that arrived then.</summary>
    public static IncomingMessage At(DateTimeOffset arrived, params string[] recipients) => new(
        MessageId.New(arrived),
        arrived,
        new Envelope(Mailbox(Sender), [.. recipients.Select(r => new Recipient(Mailbox(r)))]),
        BodyBuffer.Copy(Encoding.ASCII.GetBytes(Text)),
        null,
        false);

    public static IncomingMessage FromNobody(this IncomingMessage message) => message.With(e => e with { ReversePath = Address.Null });

    public static IncomingMessage Notify(this IncomingMessage message, DsnNotify notify) =>
        message.With(e => e with { Recipients = [.. e.Recipients.Select(r => r with { Notify = notify })] });

    public static IncomingMessage With(this IncomingMessage message, Func<Envelope, Envelope> change) =>
        message with { Envelope = change(message.Envelope) };

    public static RefId Ref(this IncomingMessage message, int ordinal = 0) => new(message.Id, ordinal);

    public static SmtpReply Reply(int code, byte type, short subject, short detail, string text) =>
        new(code, new EnhancedCode(type, subject, detail), text);

    public static Address Mailbox(string text) => new(text[..text.IndexOf('@')], text[(text.IndexOf('@') + 1)..]);
}
