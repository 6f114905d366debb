using System.Buffers;
using System.Net;
using System.Text;
using CsCheck;
using MimeKit;
using Mta.Protocol.Smtp;
using Mta.Protocol.Smtp.Server;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Server;

/// <summary>The trace field (RFC 5321 §4.4).</summary>
public sealed class ReceivedHeaderTests
{
    private static readonly ReceivedHeader Plain = new()
    {
        HeloName = "client.example",
        ClientAddress = IPAddress.Parse("::ffff:192.0.2.9"),
        HostName = "mx.here.example",
        Extended = true,
        MessageId = "0198c1f2-7c7a-7d6e-8c5b-111122223333",
        Recipient = new Address("b", "here.example"),
        Time = new DateTimeOffset(2026, 11, 4, 5, 6, 7, TimeSpan.FromHours(-3.5)),
    };

    [Fact]
    public void It_names_all_that_is_known() => Assert.Equal(
        "Received: from client.example ([192.0.2.9])\r\n"
        + "\tby mx.here.example with ESMTPS id 0198c1f2-7c7a-7d6e-8c5b-111122223333\r\n"
        + "\tfor <b@here.example>\r\n"
        + "\ttls TLS_AES_256_GCM_SHA384 (TLS1.3);\r\n"
        + "\tWed, 4 Nov 2026 05:06:07 -0330\r\n",
        Write(Plain with { Tls = SessionDriver.TestTls }));

    [Theory]
    [InlineData(false, false, false, false, "SMTP")]
    [InlineData(true, false, false, false, "ESMTP")]
    [InlineData(true, true, false, false, "ESMTPS")]
    [InlineData(true, false, true, false, "ESMTPA")]
    [InlineData(true, true, true, false, "ESMTPSA")]
    [InlineData(true, false, false, true, "UTF8SMTP")]
    [InlineData(true, true, false, true, "UTF8SMTPS")]
    [InlineData(true, false, true, true, "UTF8SMTPA")]
    [InlineData(true, true, true, true, "UTF8SMTPSA")]
    public void The_protocol_is_a_registered_keyword(bool extended, bool tls, bool auth, bool utf8, string keyword) => Assert.Equal(
        keyword, (Plain with { Extended = extended, Tls = tls ? SessionDriver.TestTls : null, Authenticated = auth, SmtpUtf8 = utf8 }).Protocol);

    [Fact]
    public void Lines_stay_short_and_the_field_is_one() => Gen.Select(
        Gen.Char["abc.-_[]:"].Array[1, 255], Gen.Char[' ', '\u00ff'].Array[0, 70], Gen.Bool).Sample((helo, cipher, one) =>
    {
        string text = Write(Plain with { HeloName = new string(helo), Tls = new TlsInfo("TLS\r\n1.3", new string(cipher)), Recipient = one ? Plain.Recipient : null });
        string[] lines = text.Split("\r\n")[..^1];
        return text.EndsWith("\r\n", StringComparison.Ordinal)
            && lines[1..].All(l => l[0] == '\t' && l.Length > 1) && !text.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n')
            && lines.All(l => l.Length <= 78 || l.TrimStart().IndexOf(' ', StringComparison.Ordinal) < 0 || l.Contains(new string(helo), StringComparison.Ordinal));
    });

    [Fact]
    public void A_session_names_the_recipient_only_where_there_is_one()
    {
        Assert.Contains("for <b@here.example>", Trace("RCPT TO:<b@here.example>\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("for", Trace("RCPT TO:<b@here.example>\r\nRCPT TO:<c@here.example>\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void MimeKit_reads_it_as_one_field()
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(Write(Plain) + "Subject: x\r\n\r\nbody\r\n"));

        MimeMessage message = MimeMessage.Load(stream, TestContext.Current.CancellationToken);

        Assert.Equal(["Received", "Subject"], message.Headers.Select(h => h.Field));
    }

    private static string Trace(string recipients)
    {
        SessionDriver driver = new SessionDriver().Start();
        ArrayBufferWriter<byte> trace = new();
        driver.OnBegin = s =>
        {
            s.WriteTrace(trace, "id-1", Plain.Time);
            s.MessageBegun(driver.Output);
        };
        driver.Send("EHLO c\r\nMAIL FROM:<a@x.example>\r\n" + recipients + "DATA\r\n");
        return Encoding.UTF8.GetString(trace.WrittenSpan);
    }

    private static string Write(ReceivedHeader header)
    {
        ArrayBufferWriter<byte> writer = new();
        header.Write(writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }
}
