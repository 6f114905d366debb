using System.Buffers;
using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>Any split of the input gives the same result; random octets in any state never throw.</summary>
public sealed class SessionPropertyTests
{
    private static readonly string[] Fragments =
    [
        "EHLO client.example\r\n", "HELO x\r\n", "MAIL FROM:<a@client.example>\r\n", "MAIL FROM:<\"q\\\"\"@client.example> SIZE=5 RET=FULL\r\n", "RCPT TO:<b@here.example>\r\n",
        "RCPT TO:<nobody@here.example>\r\n", "RCPT TO:<b@here.example> NOTIFY=NEVER ORCPT=rfc822;b\r\n", "DATA\r\n", "BDAT 5\r\n", "BDAT 7 LAST\r\n", "BDAT 0 LAST\r\n", "RSET\r\n",
        "NOOP\r\n", "VRFY x\r\n", "HELP\r\n", "AUTH X-STEPS\r\n", "YW5u\r\n", "c2VjcmV0\r\n", "*\r\n", "text\r\n", "Received: x\r\n", "..\r\n", ".\r\n", "\r\n.\r\n", "\n", "\r", "\0", ".", "\r\n",
        "\u00e4\u00f6", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];

    private static readonly string[] Openings =
    [
        "", "EHLO c.example\r\n", "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\n", "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@here.example>\r\n",
        "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n", "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@here.example>\r\nBDAT 50\r\n",
        "EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<b@here.example>\r\nBDAT 1\r\nx", "EHLO c.example\r\nAUTH X-STEPS\r\n", "EHLO c.example\r\nSTARTTLS\r\n",
    ];

    private static readonly ServerSessionOptions Tight = new()
    {
        MaxCommandLineBytes = 80,
        MaxSaslLineBytes = 90,
        MaxTextLineBytes = 60,
        MaxMessageBytes = 200,
        MaxReceivedFields = 2,
        MaxErrors = 12,
        MaxOutputBytes = 300,
    };

    /// <summary>Not the last opening: what comes behind STARTTLS in one piece is dropped, and what comes later is not.</summary>
    private static readonly Gen<string> Script =
        Gen.Select(Gen.Int[0, Openings.Length - 2], Gen.OneOf(Fragments).Array[0, 40], (o, f) => Openings[o] + string.Concat(f));

    [Fact]
    public void Any_split_gives_the_same_session() =>
        Gen.Select(Script, Gen.Int[1, 9].Array[1, 12], Gen.Int[1, 5]).Sample(
            (script, pieces, segment) => Assert.Equal(Play(script, [script.Length + 1], int.MaxValue), Play(script, pieces, segment)), iter: 3000);

    [Fact]
    public void Random_octets_in_every_state_never_throw() =>
        Gen.Select(Gen.Int[0, Openings.Length - 1], Gen.Byte.Array[0, 400]).Sample(
            (opening, octets) =>
            {
                SessionDriver driver = new SessionDriver(Tight).Start();
                driver.Send(Openings[opening]);
                driver.Send(octets);
                return Printable(driver.Said);
            },
            iter: 3000);

    [Fact]
    public void Random_lines_in_every_state_never_throw_and_are_answered() =>
        Gen.Select(Gen.OneOf("MAIL FROM:<", "RCPT TO:<", "EHLO ", "AUTH ", "BDAT ", "MAIL FROM:<a@b.c> ", "RCPT TO:<a@b.c> "), Gen.Char[' ', '\u00ff'].Array[0, 40]).Sample(
            (verb, rest) =>
            {
                SessionDriver driver = new SessionDriver(Tight).Start();
                driver.Send(Openings[verb[0] == 'R' ? 2 : 1]);
                string said = driver.Send(verb + new string(rest) + "\r\n");
                return Printable(said) && (verb[0] == 'B' || said.Length > 5);
            },
            iter: 3000);

    [Fact]
    public void A_message_comes_out_as_it_went_in()
    {
        Gen<string> line = Gen.OneOf("", ".", "..", ".x", "x.", "text", "\u00e4", "CRLF").Array[1, 4].Select(string.Concat);
        Gen.Select(line.Array[0, 20], Gen.Int[1, 7]).Sample((lines, segment) =>
        {
            string message = string.Concat(lines.Select(l => l + "\r\n"));
            string stuffed = string.Concat(lines.Select(l => (l.StartsWith('.') ? "." : "") + l + "\r\n"));
            SessionDriver driver = new SessionDriver().Start();
            driver.Send(Openings[4]);
            driver.Send(Encoding.Latin1.GetBytes(stuffed + ".\r\n"), segment);
            driver.Send($"MAIL FROM:<>\r\nRCPT TO:<b@here.example>\r\nBDAT {message.Length} LAST\r\n{message}");
            Assert.Equal([message, message], driver.Bodies.Select(b => b.Body));
        });
    }

    [Fact]
    public void Commands_that_are_refused_or_change_nothing_allocate_nothing()
    {
        SessionDriver driver = new SessionDriver(new ServerSessionOptions { MaxErrors = int.MaxValue }).Start();
        driver.Send("EHLO client.example\r\n");
        byte[] commands = Encoding.ASCII.GetBytes("NOOP\r\nRSET\r\nVRFY x\r\nXYZZY\r\nDATA\r\nRCPT TO:<a@b.example>\r\nMAIL FROM:<>\r\nRSET\r\n");
        ArrayBufferWriter<byte> output = new(4096);
        Advance(driver.Session, commands, output);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Advance(driver.Session, commands, output);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Advance(ServerSession session, byte[] commands, ArrayBufferWriter<byte> output)
    {
        output.ResetWrittenCount();
        ReadOnlySequence<byte> input = new(commands);
        Assert.True(session.Advance(ref input, output, output) == ServerEffect.NeedInput);
    }

    private static string Play(string script, int[] pieces, int segment)
    {
        SessionDriver driver = new SessionDriver(Tight).Start();
        byte[] octets = Encoding.Latin1.GetBytes(script);
        for (int at = 0, i = 0; at < octets.Length; i++)
        {
            int length = Math.Min(pieces[i % pieces.Length], octets.Length - at);
            driver.Send(octets[at..(at + length)], segment);
            at += length;
        }
        return $"{driver.Said}|{string.Join(',', driver.Effects)}|{driver.Session.State}|{string.Join('|', driver.Bodies.Select(b => b.Body))}";
    }

    private static bool Printable(string said) => said.All(c => c is '\r' or '\n' or (>= ' ' and <= '~'));
}
