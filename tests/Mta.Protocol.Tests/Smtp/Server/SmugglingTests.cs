using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>Promise 5: no sequence but CRLF.CRLF ends a message, and what is inside is never read as commands.</summary>
public sealed class SmugglingTests
{
    private const string Inner = "MAIL FROM:<evil@client.example>\r\nRCPT TO:<victim@here.example>\r\nDATA\r\nsmuggled\r\n";

    public static TheoryData<string> FalseEnds =>
    [
        "\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\n.\r", "\r\n.\0\r\n", "\r\r\n.\r", "\r\n\r.\r\n", "\0\r\n.\n", "\r\n.\r\r\n", "\n\n.\n\n",
        "\r\n\n.\r\n", "\0.\0",
    ];

    [Theory]
    [MemberData(nameof(FalseEnds))]
    public void A_false_end_of_data_refuses_the_message_after_the_true_end(string end)
    {
        for (int segment = 1; segment < 8; segment++)
        {
            SessionDriver driver = InData();

            string early = driver.Send(Latin("hello" + end + Inner), segment);
            string late = driver.Send(Latin(".\r\nNOOP\r\n"), segment);

            Assert.Equal("", early);
            Assert.Equal("550 5.6.11 Bare CR, bare LF or NUL in message\r\n250 2.0.0 Ok\r\n", late);
            Assert.Empty(driver.Bodies);
            Assert.Equal([ServerEffect.BeginMessage, ServerEffect.AbortMessage], driver.Effects);
            Assert.Equal(1, driver.Session.Messages);
        }
    }

    [Theory]
    [InlineData("a\nb\r\n")]
    [InlineData("a\rb\r\n")]
    [InlineData("a\r\r\n")]
    [InlineData("a\0b\r\n")]
    [InlineData("abc\r")]
    public void A_chunk_with_a_bare_line_end_or_NUL_is_refused_at_its_end(string content)
    {
        SessionDriver driver = Ready();

        string said = driver.Send($"BDAT {content.Length} LAST\r\n{content}NOOP\r\n");

        Assert.Equal("550 5.6.11 Bare CR, bare LF or NUL in message\r\n250 2.0.0 Ok\r\n", said);
        Assert.Empty(driver.Bodies);
    }

    [Fact]
    public void CR_at_the_end_of_one_chunk_and_LF_at_the_start_of_the_next_are_a_line_end()
    {
        SessionDriver driver = Ready();

        driver.Send("BDAT 2\r\na\rBDAT 2 LAST\r\n\nb");

        Assert.Equal("a\r\nb\r\n", Assert.Single(driver.Bodies).Body);
    }

    [Theory]
    [InlineData("NOOP\n")]
    [InlineData("NO\rOP")]
    [InlineData("NO\0OP")]
    [InlineData("RSET\nMAIL FROM:<a@b.example>\nQUIT")]
    public void A_command_line_ends_with_CRLF_only(string line)
    {
        SessionDriver driver = Ready();

        Assert.Equal("500 5.5.2 Lines end with CRLF; bare CR, LF or NUL is not accepted\r\n", driver.Send(line + "\r\n"));
        Assert.Equal(ServerState.Recipients, driver.Session.State);
    }

    [Fact]
    public void A_bare_LF_does_not_end_a_command_that_is_still_incomplete() =>
        Assert.Equal("", Ready().Send("QUIT\nQUIT\n"));

    [Fact]
    public void What_is_pipelined_behind_STARTTLS_is_dropped()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO client.example\r\n");

        string said = driver.Send("STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@client.example>\r\nQUIT\r\n");

        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", said);
        Assert.True(driver.Session.PlaintextAfterStartTls);
        Assert.Equal(ServerState.Connected, driver.Session.State);
        Assert.Equal("", driver.Session.HeloName);
        Assert.Equal("503 5.5.1 EHLO or HELO first\r\n", driver.Send("MAIL FROM:<a@client.example>\r\n"));
    }

    [Fact]
    public void An_empty_message_ends_at_once()
    {
        SessionDriver driver = InData();

        Assert.StartsWith("250 2.0.0", driver.Send(".\r\n"), StringComparison.Ordinal);
        Assert.Equal("", Assert.Single(driver.Bodies).Body);
    }

    private static SessionDriver Ready()
    {
        SessionDriver driver = new SessionDriver().Start();
        driver.Send("EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<b@here.example>\r\n");
        return driver;
    }

    private static SessionDriver InData()
    {
        SessionDriver driver = Ready();
        driver.Send("DATA\r\n");
        return driver;
    }

    private static byte[] Latin(string text) => System.Text.Encoding.Latin1.GetBytes(text);
}
