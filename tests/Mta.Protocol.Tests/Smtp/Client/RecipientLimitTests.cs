using System.Text;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Xunit;
using static Mta.Protocol.Tests.Smtp.Client.Dialogues;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>Several transactions for one message, LMTP's several replies, and what is decided before the peer is asked.</summary>
public sealed class RecipientLimitTests
{
    private const string Bye = "\nC: QUIT\nS: 221 bye";
    private const string Body = "C: Subject: x\nC:\nC: ..dot\nC: .\n";

    private static string Opening(params string[] keywords) =>
        "S: 220 x\nC: EHLO client.example\n" + string.Concat(keywords.Select(k => $"S: 250-{k}\n").Prepend("S: 250-x\n")) + "S: 250 PIPELINING\n";

    private static string Round(string rcptReplies, string final, params string[] recipients) =>
        "C: MAIL FROM:<from@example.org>\n" + string.Concat(recipients.Select(r => $"C: RCPT TO:<{r}>\n")) + "C: DATA\nS: 250 ok\n"
        + string.Concat(rcptReplies.Split('|').Select(r => $"S: {r}\n")) + "S: 354 go\n" + Body + $"S: {final}\n";

    [Fact]
    public void RCPTMAX_splits_a_message_into_transactions()
    {
        var script = Opening("LIMITS RCPTMAX=2 FOO=1") + Round("250 ok|550 no", "250 one", "a@x.net", "b@x.net") + Round("250 ok", "450 two", "c@x.net") + Bye;
        Assert.Equal("delivered:250 rejected:Rcpt:550 deferred:FinalReply:450", Play(SmtpOptions, script, Message("a@x.net", "b@x.net", "c@x.net")).Words());
    }

    [Fact]
    public void RCPTDOMAINMAX_keeps_domains_apart()
    {
        var script = Opening("LIMITS RCPTDOMAINMAX=1") + Round("250 ok|250 ok", "250 one", "a@x.net", "c@x.net") + Round("250 ok", "250 two", "b@y.net") + Bye;
        Assert.Equal("delivered:250 delivered:250 delivered:250", Play(SmtpOptions, script, Message("a@x.net", "b@y.net", "c@x.net")).Words());
    }

    [Fact]
    public void MAILMAX_ends_a_message_that_needs_more_transactions()
    {
        var script = Opening("LIMITS RCPTMAX=1 MAILMAX=1") + Round("250 ok", "250 one", "a@x.net") + Bye;
        var played = Play(SmtpOptions, script, Message("a@x.net", "b@x.net"));

        Assert.Equal("delivered:250 deferred:Mail:451", played.Words());
        Assert.Equal(DeferralCause.SessionLimit, ((RecipientOutcome.Deferred)played.Outcomes.Last()).Cause);
    }

    [Theory]
    [InlineData("452 4.5.3 too many")]
    [InlineData("452 too many")]
    [InlineData("552 too many")]
    [InlineData("552 5.5.3 too many")]
    public void Recipients_that_were_too_many_go_in_the_next_transaction(string reply)
    {
        var script = Opening() + Round($"250 ok|{reply}|{reply}", "250 one", "a@x.net", "b@x.net", "c@x.net")
            + Round("250 ok", "250 two", "b@x.net") + Round("250 ok", "250 three", "c@x.net") + Bye;
        Assert.Equal("delivered:250 delivered:250 delivered:250", Play(SmtpOptions, script, Message("a@x.net", "b@x.net", "c@x.net")).Words());
    }

    [Theory]
    [InlineData("452 4.5.3 too many", "450 later", "deferred:FinalReply:450 deferred:Rcpt:452")]
    [InlineData("552 5.5.3 too many", "550 no", "rejected:FinalReply:550 deferred:Rcpt:552")]
    [InlineData("452 4.3.1 no space", "250 ok", "delivered:250 deferred:Rcpt:452")]
    [InlineData("552 5.2.2 mailbox full", "250 ok", "delivered:250 rejected:Rcpt:552")]
    public void Otherwise_each_keeps_its_own_answer(string reply, string final, string words) =>
        Assert.Equal(words, Play(SmtpOptions, Opening() + Round($"250 ok|{reply}", final, "a@x.net", "b@x.net") + Bye, Message("a@x.net", "b@x.net")).Words());

    [Fact]
    public void More_recipients_than_the_window_are_sent_in_flights()
    {
        var all = Enumerable.Range(0, 150).Select(i => $"u{i}@x.net").ToArray();
        var session = new ClientSession(SmtpOptions with { MaxRecipients = 1000 });
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var peer = new Peer(session, output);
        peer.Say("220 x\r\n");
        peer.Say("250-x\r\n250 PIPELINING\r\n");
        output.Clear();
        session.BeginTransaction(Message(all), output);

        Assert.Equal(100, Encoding.ASCII.GetString(output.WrittenSpan).Split("\r\n").Length - 1);
        Assert.IsType<ClientEffect.NeedInput>(peer.Say(string.Concat(Enumerable.Repeat("250 ok\r\n", 100))));
        Assert.Equal(152, Encoding.ASCII.GetString(output.WrittenSpan).Split("\r\n").Length - 1);
        Assert.EndsWith("DATA\r\n", Encoding.ASCII.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void LMTP_answers_for_each_accepted_recipient()
    {
        var script = "S: 220 x\nC: LHLO client.example\nS: 250-x\nS: 250 PIPELINING\n"
            + Round("250 ok|550 no|250 ok|250 ok", "250 2.1.5 a", "a@x.net", "b@x.net", "c@x.net", "d@x.net") + "S: 452 4.2.2 full\nS: 550 5.2.0 no" + Bye;
        var played = Play(LmtpOptions, script, Message("a@x.net", "b@x.net", "c@x.net", "d@x.net"));

        Assert.Equal("delivered:250 rejected:Rcpt:550 deferred:FinalReply:452 rejected:FinalReply:550", played.Words());
        Assert.Equal(SuccessDuty.Delivered, ((RecipientOutcome.Delivered)played.Outcomes.First()).Duty);
    }

    [Fact]
    public void LMTP_broken_between_two_replies_leaves_only_the_unanswered_in_doubt()
    {
        var script = "S: 220 x\nC: LHLO client.example\nS: 250-x\nS: 250 PIPELINING\n" + Round("250 ok|250 ok", "250 a", "a@x.net", "b@x.net");
        Assert.Equal("delivered:250 broken:FinalReply:PeerClosed:doubt", Play(LmtpOptions, script, Message("a@x.net", "b@x.net")).Words());
    }

    [Fact]
    public void LMTP_waits_for_the_recipients_before_BDAT()
    {
        var script = """
            S: 220 x
            C: LHLO client.example
            S: 250-x
            S: 250-CHUNKING
            S: 250 PIPELINING
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@x.net>
            S: 250 ok
            S: 550 no
            """ + Bye;
        Assert.Equal("rejected:Rcpt:550", Play(LmtpOptions, script, Message("a@x.net")).Words());
    }

    [Fact]
    public void A_message_over_the_peers_size_is_rejected_without_asking()
    {
        var played = Play(SmtpOptions, Opening("SIZE 19") + Bye, Message("a@x.net"));
        Assert.Equal("rejected:Mail:552", played.Words());
        Assert.True(((RecipientOutcome.Rejected)played.Outcomes.Single()).IsLocal);
    }

    [Fact]
    public void Without_SMTPUTF8_only_the_recipients_that_need_it_are_rejected()
    {
        var script = Opening() + Round("250 ok", "250 ok", "a@x.net") + Bye;
        Assert.Equal("rejected:Rcpt:553 delivered:250", Play(SmtpOptions, script, Message("é@x.net", "a@x.net")).Words());
        Assert.Equal("rejected:Mail:550", Play(SmtpOptions, Opening() + Bye, Message("a@x.net") with { HasUtf8Headers = true }).Words());
    }

    [Fact]
    public void Eight_bits_without_8BITMIME_go_as_they_are_or_bounce_as_configured()
    {
        var eight = Message("a@x.net") with { HasEightBit = true };
        Assert.Equal("delivered:250", Play(SmtpOptions, Opening() + Round("250 ok", "250 ok", "a@x.net") + Bye, eight).Words());
        Assert.Equal("rejected:Mail:554", Play(SmtpOptions with { EightBit = EightBitPolicy.Bounce }, Opening() + Bye, eight).Words());
    }

    [Theory]
    [InlineData("a\r\nRCPT TO:<evil@x.net>\r\n@x.net")]
    [InlineData("\0@x.net")]
    public void An_address_never_ends_a_command(string address) =>
        Assert.Equal("rejected:Rcpt:553", Play(SmtpOptions, Opening() + Bye, Message(address)).Words());

    [Fact]
    public void All_parameters_where_all_is_offered()
    {
        var script = """
            S: 220 x
            C: EHLO client.example
            S: 250-x
            S: 250-size 1000
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250 DSN
            C: MAIL FROM:<from@example.org> SIZE=20 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=id+2B
            S: 250 ok
            C: RCPT TO:<é@x.net> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;e+2Bx@x.net
            S: 250 ok
            C: RCPT TO:<a@x.net> NOTIFY=NEVER
            S: 250 ok
            C: DATA
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: 250 ok
            """ + Bye;
        var recipients = new[]
        {
            new Recipient(Parse("é@x.net"), DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay, "rfc822;e+2Bx@x.net"),
            new Recipient(Parse("a@x.net"), DsnNotify.Never, "rfc822;a b"),
        };
        var envelope = new Envelope(Parse("from@example.org"), [.. recipients], BodyType.EightBitMime, SmtpUtf8: true, DsnReturn.Full, "id+2B");

        var played = Play(SmtpOptions, script, new OutgoingMessage(envelope, 20));
        Assert.Equal("delivered:250 delivered:250", played.Words());
    }
}
