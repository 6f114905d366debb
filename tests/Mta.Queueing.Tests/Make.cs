using Mta.Protocol.Smtp;

namespace Mta.Queueing.Tests;

/// <summary>Values that tests are made of. Ids are counted, not drawn, so that a failure names the same ref every time.</summary>
internal static class Make
{
    public static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly QueueKey Queue = new("example.com");

    public static readonly DeliveryPeer Peer = new("mx1.example.com", "192.0.2.1:25", "TLS1.3 TLS_AES_256_GCM_SHA384");

    public static MessageId Message(int n) => new(new Guid(n, 1, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1));

    public static RefId Id(int n) => new(Message(n), 0);

    public static Recipient To(string local, DsnNotify notify = DsnNotify.Unspecified, string domain = "example.com") =>
        new(new Address(local, domain), notify);

    public static QueuedRef Ref(int n, params Recipient[] recipients) =>
        new(Id(n),
            Queue,
            T0,
            new Envelope(new Address("sender", "example.org"), recipients.Length == 0 ? [To("one")] : [.. recipients]),
            1000,
            false);

    public static QueuedRef FromNull(this QueuedRef queued) => queued with { Envelope = queued.Envelope with { ReversePath = Address.Null } };

    public static SmtpReply Reply(int code, string text = "text", EnhancedCode enhanced = default) => new(code, enhanced, text);

    public static RecipientOutcome Ok(bool relayed = false, bool final = false) =>
        new RecipientOutcome.Delivered(Reply(250, "OK"), relayed, final);

    public static RecipientOutcome Later(string text = "try later", DeferralReason reason = DeferralReason.RecipientDeferred) =>
        new RecipientOutcome.Deferred(reason, Reply(451, text, new EnhancedCode(4, 7, 1)));

    public static RecipientOutcome Never(string text = "no such user") =>
        new RecipientOutcome.Rejected(Reply(550, text, new EnhancedCode(5, 1, 1)));

    public static RefReport Report(int n, params RecipientOutcome[] outcomes) => new(Id(n), [.. outcomes], Peer);
}
