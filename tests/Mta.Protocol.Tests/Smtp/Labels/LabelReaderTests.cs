using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Labels;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Labels;

/// <summary>What is read off a header, what is not, and that no octets can break the reading.</summary>
public sealed class LabelReaderTests
{
    private static readonly LabelReader Reader = new("X-Tenant", "X-Campaign");

    [Fact]
    public void Labels_are_read_off_the_header_and_not_off_the_body()
    {
        Assert.Equal(
            new MailLabels("acme", "spring 2026", "1@example.org"),
            Read("Received: from a\r\n\tby b\r\nx-tenant:acme\r\nX-CAMPAIGN:  spring 2026 \r\nMessage-Id: <1@example.org>\r\nSubject: x\r\n\r\nX-Tenant: other\r\n"));
        Assert.Equal(MailLabels.None, Read("Subject: x\r\n\r\nX-Tenant: acme\r\nMessage-ID: <1@example.org>\r\n"));
        Assert.Equal(MailLabels.None, Read("X-Tenant-2: acme\r\nMessage-ID : <1@example.org>\r\n X-Tenant: acme\r\n\r\n"));
    }

    [Fact]
    public void The_first_of_a_name_counts() => Assert.Equal("one", Read("X-Tenant: one\r\nX-Tenant: two\r\n\r\n").Tenant);

    [Fact]
    public void A_folded_value_is_one() // RFC 5322 §2.2.3
    {
        Assert.Equal("1@example.org", Read("Message-ID:\r\n <1@example.org>\r\n\r\n").MessageId);
        Assert.Equal("a b", Read("X-Campaign: a\r\n b\r\n\r\n").Campaign);
    }

    [Fact]
    public void Tenant_and_campaign_count_only_where_the_sender_is_trusted()
    {
        var labels = Reader.Read(Encoding.UTF8.GetBytes("X-Tenant: a\r\nX-Campaign: b\r\nMessage-ID: <c@d>\r\n\r\n"), isTrusted: false, out var ignored);
        Assert.Equal((new MailLabels("", "", "c@d"), null), (labels, ignored));
    }

    [Fact]
    public void Without_names_only_the_message_id_is_read() =>
        Assert.Equal(new MailLabels("", "", "c@d"), new LabelReader("", "").Read("X-Tenant: a\r\n: b\r\nMessage-ID: <c@d>\r\n\r\n"u8, isTrusted: true, out _));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_label_that_is_too_long_is_ignored_and_named(int length, bool isRead)
    {
        var labels = Reader.Read(Encoding.UTF8.GetBytes($"X-Tenant: {new string('a', length)}\r\nX-Campaign: b\r\n\r\n"), isTrusted: true, out var ignored);
        Assert.Equal((isRead ? length : 0, "b", isRead ? null : "X-Tenant is longer than 100 octets"), (labels.Tenant.Length, labels.Campaign, ignored));
    }

    [Theory]
    [InlineData(250, true)]
    [InlineData(251, false)]
    public void A_message_id_may_be_longer(int length, bool isRead) =>
        Assert.Equal(isRead ? length : 0, Read($"Message-ID: <{new string('a', length)}>\r\n\r\n", allowsIgnored: true).MessageId.Length);

    [Theory]
    [InlineData("Ω mega", true)]
    [InlineData("a\u0001b", false)]
    [InlineData("a\u007fb", false)]
    [InlineData("a\u0085b", false)]
    [InlineData("a\u202eb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\rb", true)] // A bare CR cannot get here: the session refuses it; unfolding takes it out.
    public void Only_what_can_be_printed_is_read(string value, bool isRead) =>
        Assert.Equal(isRead, Read($"X-Tenant: {value}\r\n\r\n", allowsIgnored: true).Tenant.Length > 0);

    [Fact]
    public void Octets_that_are_no_utf8_are_ignored()
    {
        var labels = Reader.Read([.. "X-Tenant: a"u8, 0xC3, 0x28, .. "\r\n\r\n"u8], isTrusted: true, out var ignored);
        Assert.Equal(("", "X-Tenant is not printable UTF-8"), (labels.Tenant, ignored));
    }

    [Fact]
    public void A_header_that_is_cut_off_has_what_was_whole() =>
        Assert.Equal(new MailLabels("a", "", ""), Read("X-Tenant: a\r\nX-Campaign: b"));

    [Fact]
    public void What_stands_beyond_the_limit_is_not_looked_at()
    {
        var filler = string.Concat(Enumerable.Repeat("X-Filler: 0123456789\r\n", LabelReader.MostOctets / 20));
        Assert.Equal("", Read($"{filler}X-Tenant: a\r\n\r\n").Tenant);
    }

    [Fact]
    public void No_octets_break_it() => Gen.Byte[0, 127].Array[0, 300].Sample(octets =>
    {
        var labels = Reader.Read([.. "X-Tenant:"u8, .. octets, .. "\r\nMessage-ID: <"u8, .. octets, .. ">\r\n\r\n"u8], isTrusted: true, out _);
        Assert.DoesNotContain(labels.Tenant + labels.MessageId, char.IsControl);
    });

    private static MailLabels Read(string message, bool allowsIgnored = false)
    {
        var labels = Reader.Read(Encoding.UTF8.GetBytes(message), isTrusted: true, out var ignored);
        Assert.True(allowsIgnored || ignored is null, ignored);
        return labels;
    }
}
