using Mta.Protocol.Authentication;
using Mta.Protocol.Smtp.Client;
using Xunit;
using static Mta.Protocol.Tests.Smtp.Client.Dialogues;

namespace Mta.Protocol.Tests.Smtp.Client;

/// <summary>From the greeting to the first transaction: EHLO, HELO, LHLO, STARTTLS, AUTH, and every no on the way.</summary>
public sealed class OpeningDialogueTests
{
    private const string Offer = """
        S: 220 mx.example ESMTP
        C: EHLO client.example
        S: 250-mx.example
        S: 250-STARTTLS
        S: 250 AUTH PLAIN TEST
        """;

    private static ClientEffect End(ClientSessionOptions options, string script) => PlayAll(() => new Transcript(options, script)).End;

    private static string EndWord(ClientSessionOptions options, string script) => End(options, script) switch
    {
        ClientEffect.Refused r => $"refused:{r.Stage}:{r.Reply.Code}{(r.IsLocal ? ":local" : "")}",
        ClientEffect.Broken b => $"broken:{b.Stage}:{b.Cause}",
        ClientEffect.Closed => "closed",
        var other => other.ToString(),
    };

    [Theory]
    [InlineData("554 no", "refused:Greeting:554")]
    [InlineData("421 busy", "refused:Greeting:421")]
    [InlineData("450 later", "refused:Greeting:450")]
    [InlineData("354 what", "broken:Greeting:Protocol")]
    [InlineData("SSH-2.0-x", "broken:Greeting:Protocol")]
    [InlineData("220x", "broken:Greeting:Protocol")]
    [InlineData("600 x", "broken:Greeting:Protocol")]
    public void A_greeting_that_is_not_220(string greeting, string end) => Assert.Equal(end, EndWord(SmtpOptions, $"S: {greeting}"));

    [Fact]
    public void Silence_breaks_at_the_greeting() =>
        Assert.Equal("broken:Greeting:Timeout", PlayAll(() => new Transcript(SmtpOptions, "").EndingWith(BreakCause.Timeout)).End is ClientEffect.Broken b ? $"broken:{b.Stage}:{b.Cause}" : "");

    [Theory]
    [InlineData("500 what")]
    [InlineData("502 no")]
    [InlineData("550 no")]
    public void Any_5yz_to_EHLO_falls_back_to_HELO(string reply)
    {
        Assert.Equal("closed", EndWord(SmtpOptions, $"""
            S: 220-mx.example
            S: 220 welcome
            C: EHLO client.example
            S: {reply}
            C: HELO client.example
            S: 250 mx.example PIPELINING
            C: QUIT
            S: 221 bye
            """));
    }

    [Theory]
    [InlineData("554 no", "refused:Ehlo:554")]
    [InlineData("450 no", "refused:Ehlo:450")]
    [InlineData("354 no", "broken:Ehlo:Protocol")]
    public void No_to_HELO_is_final(string reply, string end)
    {
        Assert.Equal(end, EndWord(SmtpOptions, $"""
            S: 220 mx.example
            C: EHLO client.example
            S: 502 no
            C: HELO client.example
            S: {reply}
            """));
    }

    [Fact]
    public void A_transient_no_to_EHLO_does_not_fall_back() =>
        Assert.Equal("refused:Ehlo:450", EndWord(SmtpOptions, "S: 220 x\nC: EHLO client.example\nS: 450 later"));

    [Fact]
    public void LMTP_does_not_fall_back() =>
        Assert.Equal("refused:Ehlo:500", EndWord(LmtpOptions, "S: 220 x\nC: LHLO client.example\nS: 500 what"));

    [Fact]
    public void After_STARTTLS_the_session_begins_anew()
    {
        Assert.Equal("closed", EndWord(SmtpOptions, Offer + "\n" + """
            C: STARTTLS
            S: 220 go
            T:
            C: EHLO client.example
            S: 250-mx.example
            S: 250 STARTTLS
            C: QUIT
            S: 221 bye
            """));
    }

    [Theory]
    [InlineData(ClientTlsMode.Opportunistic, "454 no", true, "closed")]
    [InlineData(ClientTlsMode.Opportunistic, "500 no", true, "closed")]
    [InlineData(ClientTlsMode.Opportunistic, "421 no", false, "refused:StartTls:421")]
    [InlineData(ClientTlsMode.Opportunistic, "354 no", false, "broken:StartTls:Protocol")]
    [InlineData(ClientTlsMode.Require, "454 no", false, "refused:StartTls:454")]
    [InlineData(ClientTlsMode.Verify, "554 no", false, "refused:StartTls:554")]
    public void No_to_STARTTLS(ClientTlsMode mode, string reply, bool goesOn, string end)
    {
        var script = Offer + $"\nC: STARTTLS\nS: {reply}" + (goesOn ? "\nC: QUIT\nS: 221 bye" : "");
        Assert.Equal(end, EndWord(SmtpOptions with { Tls = mode }, script));
    }

    [Theory]
    [InlineData(ClientTlsMode.Require)]
    [InlineData(ClientTlsMode.Verify)]
    public void TLS_required_and_not_offered(ClientTlsMode mode) =>
        Assert.Equal("refused:StartTls:454:local", EndWord(SmtpOptions with { Tls = mode }, "S: 220 x\nC: EHLO client.example\nS: 250 x"));

    [Fact]
    public void Implicit_TLS_sends_no_STARTTLS() =>
        Assert.Equal("closed", EndWord(SmtpOptions with { Tls = ClientTlsMode.Verify, ImplicitTls = true }, Offer + "\nC: QUIT\nS: 221 bye"));

    [Fact]
    public void Input_behind_the_reply_to_STARTTLS_is_an_injection() =>
        Assert.Equal("broken:StartTls:Protocol", EndWord(SmtpOptions, Offer + "\nC: STARTTLS\nS: 220 go\nS: 250 injected"));

    [Fact]
    public void A_failed_handshake_breaks_at_STARTTLS() =>
        Assert.Equal(ClientStage.StartTls, Assert.IsType<ClientEffect.Broken>(
            PlayAll(() => new Transcript(SmtpOptions, Offer + "\nC: STARTTLS\nS: 220 go").EndingWith(BreakCause.Tls)).End).Stage);

    [Fact]
    public void AUTH_with_initial_response_and_a_challenge()
    {
        Assert.Equal("closed", EndWord(Auth(new TestSasl("hi"u8.ToArray(), "more"u8.ToArray())), Offer + "\n" + """
            C: AUTH TEST aGk=
            S: 334 Y2hhbGxlbmdl
            C: bW9yZQ==
            S: 235 2.7.0 ok
            C: QUIT
            S: 221 bye
            """));
    }

    [Fact]
    public void An_empty_initial_response_is_an_equals_sign() =>
        Assert.Equal("closed", EndWord(Auth(new TestSasl([])), Offer + "\nC: AUTH TEST =\nS: 235 ok\nC: QUIT\nS: 221 bye"));

    [Fact]
    public void A_long_initial_response_waits_for_the_empty_challenge()
    {
        var response = new byte[600];
        Assert.Equal("closed", EndWord(Auth(new TestSasl(response)), Offer + $"\nC: AUTH TEST\nS: 334\nC: {Convert.ToBase64String(response)}\nS: 235 ok\nC: QUIT\nS: 221 bye"));
    }

    [Theory]
    [InlineData("334 !!!")]
    [InlineData("334 Y2hhbGxlbmdl")]
    public void A_challenge_that_cannot_be_answered_cancels(string challenge) =>
        Assert.Equal("refused:Auth:501", EndWord(Auth(new TestSasl(null)), Offer + $"\nC: AUTH TEST\nS: {challenge}\nC: *\nS: 501 cancelled"));

    [Theory]
    [InlineData("535 5.7.8 no", "refused:Auth:535")]
    [InlineData("454 4.7.0 later", "refused:Auth:454")]
    [InlineData("354 what", "broken:Auth:Protocol")]
    public void No_to_AUTH(string reply, string end) =>
        Assert.Equal(end, EndWord(Auth(new TestSasl([1])), Offer + $"\nC: AUTH TEST AQ==\nS: {reply}"));

    [Fact]
    public void Success_without_the_servers_proof_is_not_believed() =>
        Assert.Equal("broken:Auth:Protocol", EndWord(Auth(new TestSasl([1], [2])), Offer + "\nC: AUTH TEST AQ==\nS: 235 ok"));

    [Fact]
    public void Challenges_without_end_break()
    {
        var script = Offer + "\nC: AUTH TEST" + string.Concat(Enumerable.Repeat("\nS: 334\nC: AQ==", 16)) + "\nS: 334";
        Assert.Equal("broken:Auth:Protocol", EndWord(Auth(new TestSasl(null, [.. Enumerable.Repeat(new byte[] { 1 }, 20)])), script));
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("OTHER")]
    public void A_password_is_not_shown_in_clear_and_an_unknown_mechanism_not_tried(string mechanism) =>
        Assert.Equal("refused:Auth:454:local", EndWord(Auth(new TestSasl([1]) { Mechanism = mechanism }), Offer));

    [Fact]
    public void PLAIN_in_clear_where_it_is_allowed() =>
        Assert.Equal("closed", EndWord(Auth(new TestSasl([1]) { Mechanism = "PLAIN" }) with { AllowPlaintextSasl = true }, Offer + "\nC: AUTH PLAIN AQ==\nS: 235 ok\nC: QUIT\nS: 221 bye"));

    [Fact]
    public void The_peer_may_close_in_place_of_an_answer_to_QUIT() =>
        Assert.Equal("closed", EndWord(SmtpOptions, "S: 220 x\nC: EHLO client.example\nS: 250 x\nC: QUIT"));

    [Theory]
    [InlineData("421 idle too long", "refused:Idle:421")]
    [InlineData("250 what", "broken:Idle:Protocol")]
    public void What_the_peer_says_unasked(string line, string end)
    {
        var played = PlayAll(() => new Transcript(SmtpOptions, $"S: 220 x\nC: EHLO client.example\nS: 250 x\nS: {line}").StayingOpen());
        Assert.Equal(end, played.End is ClientEffect.Refused r ? $"refused:{r.Stage}:{r.Reply.Code}" : played.End is ClientEffect.Broken b ? $"broken:{b.Stage}:{b.Cause}" : "");
    }

    private static ClientSessionOptions Auth(TestSasl sasl) => SmtpOptions with { Tls = ClientTlsMode.None, Sasl = [sasl] };

    /// <summary>A mechanism that says what it was given, and cancels after that.</summary>
    private sealed class TestSasl(byte[]? initial, params byte[][] responses) : ISaslClient
    {
        private int _next;

        public string Mechanism { get; init; } = "TEST";

        public bool IsComplete => _next == responses.Length;

        public byte[]? Start()
        {
            _next = 0;
            return initial;
        }

        public byte[]? Step(ReadOnlySpan<byte> challenge) => _next < responses.Length ? responses[_next++] : null;
    }
}
