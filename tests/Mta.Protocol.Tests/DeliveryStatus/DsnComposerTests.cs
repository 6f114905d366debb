using System.Text;
using MimeKit;
using Mta.Protocol.DeliveryStatus;
using Mta.Protocol.Smtp;
using Xunit;

namespace Mta.Protocol.Tests.DeliveryStatus;

/// <summary>Notifications are read back with MimeKit, and by their bytes.</summary>
public sealed class DsnComposerTests
{
    private const string Header = "From: a@example.org\r\nSubject: hello\r\n\r\n";
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.FromHours(1));
    private static readonly Recipient Bob = new(new Address("bob", "example.net"), DsnNotify.Failure, "rfc822;bob+2Bx@example.net");
    private static readonly SmtpReply NoUser = new(550, new EnhancedCode(5, 1, 1), "no such user\nreally");

    private static DsnRequest Request(params DsnRecipient[] recipients) => new()
    {
        ReportingMta = "mx.example.com",
        ArrivalDate = Noon,
        Envelope = new Envelope(new Address("from", "example.org"), [Bob], EnvelopeId: "QQ+2B1"),
        Recipients = [.. recipients],
        Header = Encoding.UTF8.GetBytes(Header),
        Body = "the body\r\n"u8.ToArray(),
        MessageId = "1234@mx.example.com",
        Date = Noon,
    };

    private static DsnRecipient Failed(Recipient? recipient = null, SmtpReply? reply = null) =>
        new(recipient ?? Bob, DsnAction.Failed, new EnhancedCode(5, 1, 1), "mx.example.net", reply ?? NoUser, Noon);

    private static MimeMessage Read(DsnMessage dsn)
    {
        AssertLines(dsn.Content);
        return MimeMessage.Load(new MemoryStream(dsn.Content), TestContext.Current.CancellationToken);
    }

    private static void AssertLines(byte[] content)
    {
        Assert.True(content.AsSpan().EndsWith("\r\n"u8));
        var text = Encoding.UTF8.GetString(content).Replace("\r\n", "", StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\n', text);
        Assert.All(Encoding.UTF8.GetString(content).Split("\r\n"), line => Assert.True(Encoding.UTF8.GetByteCount(line) <= 998));
    }

    private static HeaderList[] Groups(MimeMessage message)
    {
        var report = Assert.IsType<MultipartReport>(message.Body);
        return [.. Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups];
    }

    // The bytes of the third part, as they stand between its empty line and the closing boundary.
    private static string Original(DsnMessage dsn)
    {
        var boundary = "\r\n--" + Read(dsn).Body!.ContentType.Boundary;
        var part = Encoding.UTF8.GetString(dsn.Content).Split(boundary)[3];
        return part[(part.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
    }

    [Fact]
    public void A_failure_is_a_report_of_three_parts_from_the_null_reverse_path()
    {
        var dsn = DsnComposer.Compose(Request(Failed()));
        var message = Read(dsn);

        Assert.Equal(new Envelope(Address.Null, dsn.Envelope.Recipients), dsn.Envelope);
        Assert.Equal(new Recipient(new Address("from", "example.org"), DsnNotify.Never), Assert.Single(dsn.Envelope.Recipients));
        Assert.Equal("from@example.org", message.To.Mailboxes.Single().Address);
        Assert.Equal("MAILER-DAEMON@mx.example.com", message.From.Mailboxes.Single().Address);
        Assert.Equal("auto-replied", message.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal("1234@mx.example.com", message.MessageId);
        Assert.Equal(Noon, message.Date);
        var report = Assert.IsType<MultipartReport>(message.Body);
        Assert.Equal("delivery-status", report.ReportType);
        Assert.Equal(["text/plain", "message/delivery-status", "text/rfc822-headers"], report.Select(p => p.ContentType.MimeType));
        Assert.Contains("<bob@example.net>", ((TextPart)report[0]).Text, StringComparison.Ordinal);
        Assert.Contains("mx.example.net said: 550 5.1.1 no such user really", ((TextPart)report[0]).Text, StringComparison.Ordinal);
        Assert.Equal("From: a@example.org\r\nSubject: hello\r\n", Original(dsn));
        Assert.Single(message.Headers, h => h.Id == HeaderId.To);
        Assert.Single(message.Headers, h => h.Id == HeaderId.MessageId);
        Assert.False(dsn.HasEightBit);
    }

    [Fact]
    public void The_status_names_what_RFC_3464_wants()
    {
        var delayed = new DsnRecipient(new Recipient(new Address("eve", "example.net")), DsnAction.Delayed, EnhancedCode.None, RetryUntil: Noon.AddDays(5));
        var groups = Groups(Read(DsnComposer.Compose(Request(Failed(), delayed))));

        Assert.Equal(3, groups.Length);
        Assert.Equal("QQ+1", groups[0]["Original-Envelope-Id"]);
        Assert.Equal("dns; mx.example.com", groups[0]["Reporting-MTA"]);
        Assert.Equal("Wed, 4 Mar 2026 12:00:00 +0100", groups[0]["Arrival-Date"]);
        Assert.Equal("rfc822; bob+x@example.net", groups[1]["Original-Recipient"]);
        Assert.Equal("rfc822; bob@example.net", groups[1]["Final-Recipient"]);
        Assert.Equal("failed", groups[1]["Action"]);
        Assert.Equal("5.1.1", groups[1]["Status"]);
        Assert.Equal("dns; mx.example.net", groups[1]["Remote-MTA"]);
        Assert.Equal("smtp; 550 5.1.1 no such user really", groups[1]["Diagnostic-Code"]);
        Assert.Null(groups[1]["Will-Retry-Until"]);
        Assert.Equal("delayed", groups[2]["Action"]);
        Assert.Equal("4.0.0", groups[2]["Status"]);
        Assert.Equal("Mon, 9 Mar 2026 12:00:00 +0100", groups[2]["Will-Retry-Until"]);
        Assert.Null(groups[2]["Diagnostic-Code"]);
    }

    [Theory]
    [InlineData(DsnAction.Delivered, "delivered", "2.0.0")]
    [InlineData(DsnAction.Relayed, "relayed", "2.0.0")]
    [InlineData(DsnAction.Expanded, "expanded", "2.0.0")]
    public void A_success_returns_headers_even_where_RET_is_FULL(DsnAction action, string word, string status)
    {
        var request = Request(new DsnRecipient(Bob, action, EnhancedCode.None));
        var message = Read(DsnComposer.Compose(request with { Envelope = request.Envelope with { Return = DsnReturn.Full } }));

        Assert.Equal(word, Groups(message)[1]["Action"]);
        Assert.Equal(status, Groups(message)[1]["Status"]);
        Assert.Equal("text/rfc822-headers", ((MultipartReport)message.Body!)[2].ContentType.MimeType);
    }

    [Theory]
    [InlineData(DsnReturn.Full, 1000, "message/rfc822")]
    [InlineData(DsnReturn.Full, 20, "text/rfc822-headers")]
    [InlineData(DsnReturn.Headers, 1000, "text/rfc822-headers")]
    [InlineData(DsnReturn.Unspecified, 1000, "text/rfc822-headers")]
    public void RET_and_the_size_say_how_much_is_returned(DsnReturn ret, long limit, string type)
    {
        var request = Request(Failed());
        var dsn = DsnComposer.Compose(request with { Envelope = request.Envelope with { Return = ret }, ReturnLimitBytes = limit });

        Assert.Equal(type, ((MultipartReport)Read(dsn).Body!)[2].ContentType.MimeType);
        Assert.Equal(type == "message/rfc822" ? Header + "the body\r\n" : limit == 20 ? "" : Header[..^2], Original(dsn));
    }

    [Fact]
    public void The_same_request_gives_the_same_bytes() =>
        Assert.Equal(DsnComposer.Compose(Request(Failed())).Content, DsnComposer.Compose(Request(Failed())).Content);

    [Fact]
    public void An_international_sender_gets_the_global_forms()
    {
        var jose = new Recipient(new Address("josé", "example.net"), OriginalRecipient: "utf-8;josé@example.net");
        var request = Request(Failed(jose)) with { Header = Encoding.UTF8.GetBytes("Subject: añ\r\n\r\n") };
        var dsn = DsnComposer.Compose(request with { Envelope = request.Envelope with { ReversePath = new Address("añ", "example.org"), SmtpUtf8 = true } });
        var text = Encoding.UTF8.GetString(dsn.Content);

        AssertLines(dsn.Content);
        Assert.True(dsn.HasEightBit && dsn.HasUtf8Headers && dsn.Envelope.SmtpUtf8);
        Assert.Contains("To: <añ@example.org>\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global-delivery-status\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/global-headers\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nFinal-Recipient: utf-8; josé@example.net\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nOriginal-Recipient: utf-8; josé@example.net\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Subject: añ\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sender_without_SMTPUTF8_gets_international_addresses_in_ASCII()
    {
        var jose = new Recipient(new Address("josé", "example.net"));
        var groups = Groups(Read(DsnComposer.Compose(Request(Failed(jose)))));

        Assert.Equal(@"utf-8; jos\x{E9}@example.net", groups[1]["Final-Recipient"]);
    }

    [Theory]
    [InlineData("no\r\nAction: delivered\r\n\r\nX: y")]
    [InlineData("\0\u001b[31m\u007f\u0085\u2028\u202e")]
    [InlineData("\r\r\n\n.\r\n--=_\r\n")]
    [InlineData("ž漢字😀")]
    public void Hostile_text_stays_within_its_field(string text)
    {
        var evil = new Recipient(new Address($"bob{text}", "example.net"), OriginalRecipient: $"rfc822;{text}+0D+0Ax");
        var request = Request(Failed(evil, new SmtpReply(550, EnhancedCode.None, text)) with { RemoteMta = $"mx{text}" });
        var dsn = DsnComposer.Compose(request with { Envelope = request.Envelope with { EnvelopeId = "a+0D+0AAction: x" } });
        var groups = Groups(Read(dsn));

        Assert.Equal(2, groups.Length);
        Assert.Equal("a+0D+0AAction: x", groups[0]["Original-Envelope-Id"]);
        Assert.Equal(
            ["Original-Recipient", "Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code", "Last-Attempt-Date"],
            groups[1].Select(h => h.Field));
        Assert.Equal("failed", groups[1]["Action"]);
        Assert.All(dsn.Content, b => Assert.True(b is >= 0x20 and < 0x7f or (byte)'\r' or (byte)'\n' or (byte)'\t'));
    }

    [Fact]
    public void An_enormous_diagnostic_is_cut_and_folded()
    {
        var dsn = DsnComposer.Compose(Request(Failed(reply: new SmtpReply(550, EnhancedCode.None, new string('x', 60_000)))));

        Assert.InRange(dsn.Content.Length, 1, 8_000);
        Assert.EndsWith("...", Groups(Read(dsn))[1]["Diagnostic-Code"], StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_line_ends_and_8_bit_octets_of_the_original_are_carried_in_whole_lines()
    {
        var request = Request(Failed()) with { Header = Encoding.UTF8.GetBytes("Subject: ž\rX: y\nZ: w") };
        var dsn = DsnComposer.Compose(request);

        Assert.Equal("Subject: ž\r\nX: y\r\nZ: w\r\n", Original(dsn));
        Assert.True(dsn.HasEightBit);
        Assert.False(dsn.HasUtf8Headers);
        Assert.Equal(BodyType.EightBitMime, dsn.Envelope.Body);
    }

    [Fact]
    public void No_notification_goes_to_the_null_reverse_path_or_about_nobody()
    {
        var request = Request(Failed());
        Assert.Throws<ArgumentException>(() => DsnComposer.Compose(request with { Envelope = request.Envelope with { ReversePath = Address.Null } }));
        Assert.Throws<ArgumentException>(() => DsnComposer.Compose(Request()));
    }
}
