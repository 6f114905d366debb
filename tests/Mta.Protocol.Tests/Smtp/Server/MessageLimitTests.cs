using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>The limits of lines and messages, at and one beyond each.</summary>
public sealed class MessageLimitTests
{
    private const string TooLong = "550 5.6.0 Line too long in message\r\n";
    private const string Loop = "554 5.4.6 Too many Received fields, mail loop\r\n";
    private const string TooBig = "552 5.3.4 Message too big\r\n";

    [Theory]
    [InlineData(998, true)]
    [InlineData(999, false)]
    public void A_text_line_has_1000_octets_with_CRLF(int content, bool taken) =>
        Expect(new ServerSessionOptions(), new string('x', content) + "\r\n", taken ? null : TooLong);

    [Fact]
    public void A_longer_limit_takes_longer_lines() =>
        Expect(new ServerSessionOptions { MaxTextLineBytes = 4000 }, new string('x', 3998) + "\r\n", null);

    [Fact]
    public void A_stuffed_dot_does_not_count()
    {
        SessionDriver driver = InData(new ServerSessionOptions());

        driver.Send($"..{new string('x', 997)}\r\n.\r\n");

        Assert.Equal(1000, Assert.Single(driver.Bodies).Body.Length);
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Fifty_Received_fields_are_not_a_loop(int count, bool taken) =>
        Expect(new ServerSessionOptions(), Fields("Received: from x\r\n\tby y\r\n", count) + "\r\nbody\r\n", taken ? null : Loop);

    [Fact]
    public void Received_fields_are_counted_in_any_case_and_in_the_header_section_only()
    {
        ServerSessionOptions options = new() { MaxReceivedFields = 2 };
        Expect(options, "RECEIVED: x\r\nreceived : x\r\nX-Received: x\r\n Received: x\r\nReceivedx: x\r\n\r\n" + Fields("Received: x\r\n", 9), null);
        Expect(options, "RECEIVED: x\r\nreceived : x\r\nReceived:\r\n\r\n", Loop);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void The_size_limit_holds_in_BDAT(int size, bool taken)
    {
        SessionDriver driver = Ready(new ServerSessionOptions { MaxMessageBytes = 10 });

        string said = driver.Send($"BDAT 4\r\n1234BDAT {size - 4} LAST\r\n{new string('x', size - 6)}\r\nNOOP\r\n");

        Assert.Equal(taken ? "250 2.0.0 Chunk ok\r\n250 2.0.0 Ok: queued as id-1\r\n250 2.0.0 Ok\r\n" : $"250 2.0.0 Chunk ok\r\n{TooBig}250 2.0.0 Ok\r\n", said);
        Assert.Equal(taken ? ServerEffect.EndMessage : ServerEffect.AbortMessage, driver.Effects[^1]);
    }

    [Fact]
    public void A_first_chunk_that_is_too_big_opens_no_body()
    {
        SessionDriver driver = Ready(new ServerSessionOptions { MaxMessageBytes = 10 });

        Assert.Equal(TooBig, driver.Send($"BDAT 11\r\n{new string('x', 11)}"));
        Assert.Empty(driver.Effects);
        Assert.Equal("503 5.5.1 MAIL first\r\n", driver.Send("BDAT 6 LAST\r\nQUIT\r\n"));
    }

    [Fact]
    public void A_refusal_at_begin_consumes_the_chunk()
    {
        SessionDriver driver = Ready(new ServerSessionOptions());
        driver.OnBegin = s => s.Refused(new SmtpReply(451, new EnhancedCode(4, 3, 0), "Not now"), driver.Output);

        Assert.Equal("451 4.3.0 Not now\r\n250 2.0.0 Ok\r\n", driver.Send("BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"));
        Assert.Equal(ServerState.Ready, driver.Session.State);
    }

    [Fact]
    public void A_refusal_at_begin_takes_the_place_of_354()
    {
        SessionDriver driver = Ready(new ServerSessionOptions());
        driver.OnBegin = s => s.Refused(new SmtpReply(451, new EnhancedCode(4, 3, 0), "Not now"), driver.Output);

        Assert.Equal("451 4.3.0 Not now\r\n250 2.0.0 Ok\r\n", driver.Send("DATA\r\nNOOP\r\n"));
    }

    [Theory]
    [InlineData(451, ServerState.Ready)]
    [InlineData(554, ServerState.Ready)]
    [InlineData(421, ServerState.Closed)]
    public void A_refusal_at_the_end_is_the_reply_to_the_message(int code, ServerState state)
    {
        SessionDriver driver = InData(new ServerSessionOptions());
        driver.OnEnd = s => s.Refused(new SmtpReply(code, new EnhancedCode((byte)(code / 100), 3, 0), "No\r\nreally \u00fc\u0007"), driver.Output);

        Assert.Equal($"{code}-{code / 100}.3.0 No\r\n{code} {code / 100}.3.0 really ??\r\n", driver.Send("x\r\n.\r\n"));
        Assert.Equal(state, driver.Session.State);
    }

    [Fact]
    public void Eight_bit_octets_without_BODY_are_taken_and_marked()
    {
        SessionDriver driver = InData(new ServerSessionOptions());

        driver.Send("\u00fc\r\n.\r\n");

        Assert.Equal(BodyType.EightBitMime, Assert.Single(driver.Bodies).Envelope.Body);
    }

    [Theory]
    [InlineData(2048, "500 5.5.2 Command not recognized\r\n")]
    [InlineData(2049, "500 5.5.2 Line too long\r\n")]
    [InlineData(100_000, "500 5.5.2 Line too long\r\n")]
    public void A_command_line_has_2048_octets(int length, string reply)
    {
        foreach (int piece in new[] { 1, 700, int.MaxValue })
        {
            SessionDriver driver = new SessionDriver().Start();
            string line = new string('x', length - 2) + "\r\nNOOP\r\n";
            string said = string.Concat(Chunk(line, piece == 1 && length > 5000 ? 50 : piece).Select(driver.Send));

            Assert.Equal(reply + "250 2.0.0 Ok\r\n", said);
        }
    }

    [Fact]
    public void A_SASL_line_has_12288_octets()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO c\r\nAUTH X-STEPS\r\n");

        Assert.Equal("500 5.5.6 Authentication line too long\r\n250 2.0.0 Ok\r\n", driver.Send(new string('A', 12287) + "\r\nNOOP\r\n"));
    }

    [Fact]
    public void Much_output_is_flushed_between_commands()
    {
        SessionDriver driver = new(new ServerSessionOptions { MaxOutputBytes = 100 });
        driver.Start();

        string said = driver.Send(string.Concat(Enumerable.Repeat("HELP\r\n", 1000)));

        Assert.Equal(1000, said.Split("214 2.0.0").Length - 1);
    }

    private static void Expect(ServerSessionOptions options, string message, string? refusal)
    {
        for (int piece = 1; piece < 40; piece += 6)
        {
            SessionDriver driver = InData(options);

            string said = driver.Send(System.Text.Encoding.Latin1.GetBytes(message + ".\r\n"), piece);

            Assert.Equal(refusal ?? "250 2.0.0 Ok: queued as id-1\r\n", said);
            Assert.Equal(refusal is null ? [message] : [], driver.Bodies.Select(b => b.Body));
        }
    }

    private static string Fields(string field, int count) => string.Concat(Enumerable.Repeat(field, count));

    private static IEnumerable<string> Chunk(string text, int size) =>
        text.Chunk(Math.Min(size, text.Length)).Select(c => new string(c));

    private static SessionDriver Ready(ServerSessionOptions options)
    {
        SessionDriver driver = new SessionDriver(options).Start();
        driver.Send("EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<b@here.example>\r\n");
        return driver;
    }

    private static SessionDriver InData(ServerSessionOptions options)
    {
        SessionDriver driver = Ready(options);
        driver.Send("DATA\r\n");
        return driver;
    }
}
