using System.Buffers;
using System.Net;
using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>What driver and session owe each other.</summary>
public sealed class SessionContractTests
{
    private static readonly SmtpReply Shutdown = new(421, new EnhancedCode(4, 3, 2), "mx.here.example shutting down");

    public static TheoryData<ServerState, string> Waits => new()
    {
        { ServerState.AwaitingBegin, "EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n" },
        { ServerState.AwaitingTls, "EHLO c\r\nSTARTTLS\r\n" },
        { ServerState.AwaitingCredentials, "EHLO c\r\nAUTH X-STEPS YW5u\r\nc2VjcmV0\r\n" },
    };

    [Theory]
    [MemberData(nameof(Waits))]
    public void An_effect_stands_until_it_is_answered_and_nothing_is_consumed(ServerState state, string script)
    {
        ServerSession session = New();
        ArrayBufferWriter<byte> output = new();
        session.Start(output);
        ReadOnlySequence<byte> input = new(System.Text.Encoding.ASCII.GetBytes(script));
        ServerEffect first = session.Advance(ref input, output, output);
        int said = output.WrittenCount;
        ReadOnlySequence<byte> more = new("QUIT\r\n"u8.ToArray());

        Assert.Equal(state, session.State);
        Assert.Equal(first, session.Advance(ref more, output, output));
        Assert.Equal(6, more.Length);
        Assert.Equal(said, output.WrittenCount);
    }

    [Fact]
    public void An_answer_to_nothing_is_a_fault_of_the_driver()
    {
        ServerSession session = New();
        ArrayBufferWriter<byte> output = new();

        Assert.Throws<InvalidOperationException>(() => session.MessageBegun(output));
        Assert.Throws<InvalidOperationException>(() => session.Accepted("x", output));
        Assert.Throws<InvalidOperationException>(() => session.Refused(Shutdown, output));
        Assert.Throws<InvalidOperationException>(() => session.TlsStarted(SessionDriver.TestTls));
        Assert.Throws<InvalidOperationException>(() => session.AuthenticationDone(SaslStep.NeedLookup, output));
        ReadOnlySequence<byte> input = new("QUIT\r\n"u8.ToArray());
        Assert.Throws<InvalidOperationException>(() => session.Advance(ref input, output, output));
        session.Start(output);
        Assert.Throws<InvalidOperationException>(() => session.Start(output));
    }

    [Fact]
    public void Terminate_ends_any_state_once()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nhalf a mess");

        driver.Session.Terminate(Shutdown, driver.Output);
        driver.Session.Terminate(Shutdown, driver.Output);

        Assert.EndsWith("354 End data with <CR><LF>.<CR><LF>\r\n421 4.3.2 mx.here.example shutting down\r\n", driver.Said, StringComparison.Ordinal);
        Assert.Equal("", driver.Send("age\r\n.\r\n"));
        Assert.True(driver.Closed);
        Assert.Empty(driver.Bodies);
    }

    [Fact]
    public void An_early_talker_is_refused()
    {
        ArrayBufferWriter<byte> output = new();

        Assert.Equal(ServerEffect.Close, New().Start(output, earlyTalker: true));
        Assert.Equal("554 5.5.1 Input before the greeting\r\n", System.Text.Encoding.ASCII.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_submissions_session_needs_TLS_from_the_start() =>
        Assert.Throws<ArgumentException>(() => New(ListenerKind.Submissions));

    [Fact]
    public void A_host_name_that_would_break_replies_is_refused() =>
        Assert.Throws<ArgumentException>(() => New(hostName: "mx\r\n"));

    [Theory]
    [InlineData("RSET\r\n")]
    [InlineData("EHLO again\r\n")]
    public void Withdrawal_between_chunks_aborts_without_a_failure(string command)
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nBDAT 1\r\nx" + command);

        Assert.Equal([ServerEffect.BeginMessage, ServerEffect.AbortMessage], driver.Effects);
        Assert.Null(driver.Session.MessageFailure);
        Assert.Null(driver.Session.Envelope);
        Assert.Equal(ServerState.Ready, driver.Session.State);
    }

    [Fact]
    public void The_reason_of_a_failure_is_known_when_the_body_is_aborted()
    {
        SessionDriver driver = new SessionDriver(new ServerSessionOptions { MaxMessageBytes = 3 }).Start();
        driver.Send("EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nfour");

        Assert.Equal(ServerEffect.AbortMessage, driver.Effects[^1]);
        Assert.Equal("552 5.3.4 Message too big", driver.Session.MessageFailure);
        Assert.Equal(ServerState.Data, driver.Session.State);
    }

    private static ServerSession New(ListenerKind kind = ListenerKind.Relay, string hostName = "mx.here.example") => new(new ServerSessionOptions(), new ServerSessionContext
    {
        Listener = kind,
        HostName = hostName,
        ClientAddress = IPAddress.Loopback,
        Policy = new TestPolicy(),
        Sasl = new TestSaslFactory(),
    });
}
