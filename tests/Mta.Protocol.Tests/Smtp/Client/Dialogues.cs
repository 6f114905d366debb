using System.Text;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>What the dialogue tests share: messages, options, and playing a transcript in every split.</summary>
internal static class Dialogues
{
    public const string Content = "Subject: x\r\n\r\n.dot\r\n";

    public static ClientSessionOptions SmtpOptions { get; } = new() { HeloName = "client.example" };

    public static ClientSessionOptions LmtpOptions { get; } = SmtpOptions with { Protocol = ClientProtocol.Lmtp };

    public static OutgoingMessage Message(params string[] recipients) => Message(Content, recipients);

    public static OutgoingMessage Message(string content, string[] recipients) =>
        new(new Envelope(Parse("from@example.org"), [.. recipients.Select(r => new Recipient(Parse(r)))]), Encoding.UTF8.GetByteCount(content));

    public static Address Parse(string address)
    {
        var at = address.LastIndexOf('@');
        return new Address(address[..at], address[(at + 1)..]);
    }

    /// <summary>Plays in every split; all must come to the same. The result is that of the whole.</summary>
    public static Played PlayAll(Func<Transcript> transcript)
    {
        var whole = transcript().Play(Split.Whole);
        Assert.Equal(whole.Summary, transcript().Play(Split.ByLine).Summary);
        Assert.Equal(whole.Summary, transcript().Play(Split.ByByte).Summary);
        return whole;
    }

    public static Played Play(ClientSessionOptions options, string script, params OutgoingMessage[] messages) =>
        PlayAll(() => messages.Aggregate(new Transcript(options, script), (t, m) => t.Send(m, Content)));

    public static string Words(this Played played) => string.Join(' ', played.Outcomes.Select(Word));

    public static string Word(RecipientOutcome outcome) => outcome switch
    {
        RecipientOutcome.Delivered d => $"delivered:{d.Reply.Code}",
        RecipientOutcome.Deferred d => $"deferred:{d.Stage}:{d.Reply.Code}",
        RecipientOutcome.Rejected r => $"rejected:{r.Stage}:{r.Reply.Code}",
        RecipientOutcome.Broken b => $"broken:{b.Stage}:{b.Cause}{(b.InDoubt ? ":doubt" : "")}",
        _ => throw new InvalidOperationException(),
    };
}
