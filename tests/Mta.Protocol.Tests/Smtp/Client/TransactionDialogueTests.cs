using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Client;
using Xunit;
using static Mta.Protocol.Tests.Smtp.Client.Dialogues;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>Whole dialogues: one command at a time, pipelined, chunked; and what each reply means for the recipients.</summary>
public sealed class TransactionDialogueTests
{
    private const string Plain = """
        S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250 mx.example
        """;

    private const string Pipelining = """
        S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250-mx.example
        S: 250 PIPELINING
        """;

    private const string Bye = """

        C: QUIT
        S: 221 bye
        """;

    private static Played Play(string opening, string script, params string[] recipients) =>
        Dialogues.Play(SmtpOptions, opening + "\n" + script, Message(recipients));

    [Fact]
    public void One_command_at_a_time_without_pipelining()
    {
        var played = Play(Plain, """
            C: MAIL FROM:<from@example.org>
            S: 250 ok
            C: RCPT TO:<a@example.net>
            S: 250 ok
            C: RCPT TO:<b@example.net>
            S: 550 5.1.1 no such user
            C: DATA
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: 250 2.0.0 queued as 1
            """ + Bye, "a@example.net", "b@example.net");

        Assert.Equal("delivered:250 rejected:Rcpt:550", played.Words());
        Assert.IsType<ClientEffect.Closed>(played.End);
        Assert.Equal(new SmtpReply(550, new EnhancedCode(5, 1, 1), "no such user"), ((RecipientOutcome.Rejected)played.Outcomes.Last()).Reply);
        Assert.Equal(SuccessDuty.Relayed, ((RecipientOutcome.Delivered)played.Outcomes.First()).Duty);
        Assert.Equal(
            [ClientTimeout.Greeting, ClientTimeout.Command, ClientTimeout.Mail, ClientTimeout.Rcpt, ClientTimeout.DataInit, ClientTimeout.DataTermination, ClientTimeout.Quit],
            Dialogues.Play(SmtpOptions, Plain + "\n" + """
                C: MAIL FROM:<from@example.org>
                S: 250 ok
                C: RCPT TO:<a@example.net>
                S: 250 ok
                C: DATA
                S: 354 go
                C: Subject: x
                C:
                C: ..dot
                C: .
                S: 250 ok
                """ + Bye, Message("a@example.net")).Timeouts.Where(t => t != ClientTimeout.Idle));
    }

    [Fact]
    public void One_flight_with_pipelining()
    {
        var played = Play(Pipelining, """
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: RCPT TO:<b@example.net>
            C: RCPT TO:<c@example.net>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 450 4.2.0 later
            S: 550 5.1.1 no
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: 250 ok
            """ + Bye, "a@example.net", "b@example.net", "c@example.net");

        Assert.Equal("delivered:250 deferred:Rcpt:450 rejected:Rcpt:550", played.Words());
    }

    [Fact]
    public void All_recipients_refused_and_the_go_ahead_came_a_lone_dot_is_sent_and_its_reply_disregarded()
    {
        var played = Play(Pipelining, """
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: DATA
            S: 250 ok
            S: 550 no
            S: 354 go
            C: .
            S: 250 ok
            """ + Bye, "a@example.net");

        Assert.Equal("rejected:Rcpt:550", played.Words());
    }

    [Fact]
    public void All_recipients_refused_and_DATA_too()
    {
        var played = Play(Pipelining, """
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: DATA
            S: 250 ok
            S: 450 no
            S: 503 no valid recipients
            """ + Bye, "a@example.net");

        Assert.Equal("deferred:Rcpt:450", played.Words());
    }

    [Fact]
    public void Without_pipelining_DATA_is_not_sent_when_all_recipients_are_refused()
    {
        var played = Play(Plain, """
            C: MAIL FROM:<from@example.org>
            S: 250 ok
            C: RCPT TO:<a@example.net>
            S: 550 no
            """ + Bye, "a@example.net");

        Assert.Equal("rejected:Rcpt:550", played.Words());
    }

    [Theory]
    [InlineData("550 5.7.1 no", "rejected:Mail:550 rejected:Mail:550")]
    [InlineData("450 4.7.1 later", "deferred:Mail:450 deferred:Mail:450")]
    public void No_to_MAIL_is_the_answer_for_all_recipients(string reply, string outcome)
    {
        var plain = Play(Plain, $"""
            C: MAIL FROM:<from@example.org>
            S: {reply}
            """ + Bye, "a@example.net", "b@example.net");
        var pipelined = Play(Pipelining, $"""
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: RCPT TO:<b@example.net>
            C: DATA
            S: {reply}
            S: 503 MAIL first
            S: 503 MAIL first
            S: 503 MAIL first
            """ + Bye, "a@example.net", "b@example.net");

        Assert.Equal(outcome, plain.Words());
        Assert.Equal(plain.Summary, pipelined.Summary);
    }

    [Theory]
    [InlineData("451 4.3.0 later", "deferred:Data:451 rejected:Rcpt:550")]
    [InlineData("554 5.0.0 no", "rejected:Data:554 rejected:Rcpt:550")]
    public void No_to_DATA_answers_for_the_accepted_recipients_and_RSET_comes_before_the_next_MAIL(string reply, string outcome)
    {
        var script = $"""
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: RCPT TO:<b@example.net>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 550 no
            S: {reply}
            C: RSET
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<c@example.net>
            C: DATA
            S: 250 reset
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: 250 ok
            """;
        var played = Dialogues.Play(SmtpOptions, Pipelining + "\n" + script + Bye, Message("a@example.net", "b@example.net"), Message("c@example.net"));

        Assert.Equal(outcome + " delivered:250", played.Words());
    }

    [Theory]
    [InlineData("250 ok", "delivered:250")]
    [InlineData("450 4.2.0 greylisted", "deferred:FinalReply:450")]
    [InlineData("550 5.7.1 spam", "rejected:FinalReply:550")]
    [InlineData("354 what", "broken:FinalReply:Protocol:doubt")]
    [InlineData("421 closing", "deferred:FinalReply:421")]
    [InlineData("99 x", "broken:FinalReply:Protocol:doubt")]
    public void The_reply_to_the_content_decides(string reply, string outcome)
    {
        var script = $"""
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: {reply}
            """;
        var played = PlayAll(() => new Transcript(SmtpOptions, Pipelining + "\n" + script).StayingOpen().Send(Message("a@example.net"), Content));

        Assert.Equal(outcome, played.Words());
    }

    [Fact]
    public void A_small_body_goes_with_MAIL_and_RCPT_by_BDAT()
    {
        var played = Play("""
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250-PIPELINING
            S: 250-SIZE 1000
            S: 250-DSN
            S: 250 CHUNKING
            """, """
            C: MAIL FROM:<from@example.org> SIZE=20
            C: RCPT TO:<a@example.net>
            C: RCPT TO:<b@example.net>
            C: BDAT 20 LAST
            C: Subject: x
            C:
            C: .dot
            S: 250 ok
            S: 250 ok
            S: 550 no
            S: 250 ok
            """ + Bye, "a@example.net", "b@example.net");

        Assert.Equal("delivered:250 rejected:Rcpt:550", played.Words());
        Assert.Equal(SuccessDuty.PassedOn, ((RecipientOutcome.Delivered)played.Outcomes.First()).Duty);
    }

    [Fact]
    public void An_eager_body_whose_recipients_are_all_refused_is_followed_by_RSET()
    {
        var script = """
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250-PIPELINING
            S: 250 CHUNKING
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: BDAT 20 LAST
            C: Subject: x
            C:
            C: .dot
            S: 250 ok
            S: 550 no
            S: 503 no recipients
            C: RSET
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<b@example.net>
            C: BDAT 20 LAST
            C: Subject: x
            C:
            C: .dot
            S: 250 ok
            S: 250 ok
            S: 250 ok
            S: 250 ok
            """ + Bye;
        Assert.Equal("rejected:Rcpt:550 delivered:250", Dialogues.Play(SmtpOptions, script, Message("a@example.net"), Message("b@example.net")).Words());
    }

    [Fact]
    public void A_large_body_waits_for_the_recipients()
    {
        var script = """
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250-PIPELINING
            S: 250 CHUNKING
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            S: 250 ok
            S: 250 ok
            C: BDAT 20 LAST
            C: Subject: x
            C:
            C: .dot
            S: 250 ok
            """ + Bye;
        Assert.Equal("delivered:250", Dialogues.Play(SmtpOptions with { EagerBodyLimitBytes = 19 }, script, Message("a@example.net")).Words());
    }

    [Fact]
    public void The_next_message_goes_behind_the_final_dot_of_the_one_before()
    {
        var script = Pipelining + "\n" + """
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<b@example.net>
            C: DATA
            S: 450 later
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            S: 250 ok
            """ + Bye;
        var played = PlayAll(() => new Transcript(SmtpOptions, script).Overlapping().Send(Message("a@example.net"), Content).Send(Message("b@example.net"), Content));

        Assert.Equal("deferred:FinalReply:450 delivered:250", played.Words());
    }

    [Fact]
    public void Of_two_overlapping_messages_only_the_first_is_in_doubt_when_the_connection_ends()
    {
        var script = Pipelining + "\n" + """
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: DATA
            S: 250 ok
            S: 250 ok
            S: 354 go
            C: Subject: x
            C:
            C: ..dot
            C: .
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<b@example.net>
            C: DATA
            """;
        var played = PlayAll(() => new Transcript(SmtpOptions, script).Overlapping().Send(Message("a@example.net"), Content).Send(Message("b@example.net"), Content));

        Assert.Equal("broken:FinalReply:PeerClosed:doubt broken:FinalReply:PeerClosed", played.Words());
        Assert.True(Assert.IsType<ClientEffect.Broken>(played.End).InDoubt);
    }

    [Fact]
    public void Content_refused_while_it_is_sent_is_an_answer_and_ends_the_session()
    {
        var session = new ClientSession(SmtpOptions);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var peer = new Peer(session, output);
        peer.Say("220 x\r\n");
        peer.Say("250 x\r\n");
        session.BeginTransaction(Message("a@example.net"), output);
        peer.Say("250 ok\r\n");
        peer.Say("250 ok\r\n");
        var body = Assert.IsType<ClientEffect.SendBody>(peer.Say("354 go\r\n"));
        body.Framing.Write("Subject"u8, output);

        var done = Assert.IsType<ClientEffect.TransactionDone>(peer.Say("552 5.3.4 too big\r\n"));
        Assert.Equal("rejected:Body:552", Word(done.Result.Outcomes.Single()));
        Assert.Equal(ClientStage.Body, Assert.IsType<ClientEffect.Refused>(peer.Say("")).Stage);
    }

    [Fact]
    public void A_body_that_is_not_as_long_as_announced_breaks_the_session_without_doubt()
    {
        var played = PlayAll(() => new Transcript(SmtpOptions, """
            S: 220 mx.example ESMTP
            C: EHLO client.example
            S: 250-mx.example
            S: 250-PIPELINING
            S: 250 CHUNKING
            C: MAIL FROM:<from@example.org>
            C: RCPT TO:<a@example.net>
            C: BDAT 20 LAST
            C: short
            """).Send(Message("a@example.net"), "short\r\n"));

        Assert.Equal("broken:Body:Local", played.Words());
    }
}
