using System.Text;
using Mta.Protocol.Headers;
using Xunit;

namespace Mta.Protocol.Tests.Headers;

/// <summary>The fields of a message that comes piece by piece.</summary>
public sealed class HeaderSectionTests
{
    [Theory]
    [InlineData("Subject: hello\r\n\r\nbody: no\r\n", "Subject=hello")]
    [InlineData("Received: from a\r\n by b\r\n\tfor c; now\r\nX-Empty:\r\nSubject : x \r\n\r\n", "Received=from a by b\tfor c; now|X-Empty=|Subject=x")]
    [InlineData("\r\nSubject: of the body\r\n", "")]
    [InlineData("", "")]
    [InlineData("Subject: no end", "Subject=no end")]
    [InlineData("Subject: a\r\n", "Subject=a")]
    [InlineData("Subject: a\r\nno field at all\r\nFrom: b\r\n\r\n", "Subject=a|=no field at all|From=b")]
    [InlineData(" leading: x\r\nA: b\r\n\r\n", "=leading: x|A=b")]
    [InlineData("Subject: bare\rcr and bare\nlf\r\n\r\n", "Subject=bare\rcr and bare\nlf")]
    [InlineData("Subject: Grüße\r\n\r\n", "Subject=Grüße")]
    [InlineData("Subject: =?utf-8?q?x?=\r\nSubject: twice\r\n\r\n", "Subject==?utf-8?q?x?=|Subject=twice")]
    public void Fields_are_unfolded_and_in_order_however_the_message_is_split(string message, string fields)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        Assert.Equal(fields, Read([octets]));
        Assert.Equal(fields, Read(octets.Select(o => new[] { o })));
        for (var at = 0; at <= octets.Length; at++)
            Assert.Equal(fields, Read([octets[..at], octets[at..]]));
    }

    [Fact]
    public void Nothing_is_wanted_behind_the_empty_line()
    {
        HeaderSection header = new();
        Assert.True(header.Append("Subject: x\r\n\r"u8));
        Assert.False(header.Append("\nbody"u8));
        Assert.True(header.IsComplete);
        Assert.False(header.IsCut);
    }

    [Fact]
    public void What_is_too_long_is_cut_at_a_line_and_says_so()
    {
        HeaderSection header = new(100);
        var line = "X: 4567890123456789012345678\r\n"u8;
        var more = true;
        for (var i = 0; more; i++)
        {
            Assert.InRange(i, 0, 4);
            more = header.Append(line);
        }
        Assert.True(header.IsCut);
        Assert.Equal(3, header.Fields().Length);
    }

    [Fact]
    public void A_line_without_end_is_no_field_and_takes_no_memory()
    {
        HeaderSection header = new(100);
        while (header.Append(new byte[4096]))
            Assert.False(header.IsComplete);
        Assert.True(header.IsCut);
        Assert.Empty(header.Fields());
    }

    private static string Read(IEnumerable<byte[]> pieces)
    {
        HeaderSection header = new();
        foreach (var piece in pieces)
        {
            if (!header.Append(piece))
                break;
        }
        return string.Join('|', header.Fields().Select(f => $"{f.Name}={f.Value}"));
    }
}
