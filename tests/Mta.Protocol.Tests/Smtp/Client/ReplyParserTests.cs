using System.Buffers;
using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

public sealed class ReplyParserTests
{
    private static string Parse(params byte[][] pieces)
    {
        var parser = new ReplyParser();
        var found = new StringBuilder();
        foreach (var piece in pieces)
        {
            var input = new ReadOnlySequence<byte>(piece);
            while (!input.IsEmpty)
            {
                var result = parser.Read(ref input);
                if (result == ReplyParse.Malformed) return found.Append("malformed: ").Append(parser.Fault).ToString();
                if (result == ReplyParse.Complete) found.Append(parser.Reply.Code).Append('/').Append(parser.Reply.Enhanced).Append('/').Append(parser.Reply.Text).Append('|');
            }
        }
        return found.Append(parser.IsInside ? "inside" : "").ToString();
    }

    private static string Parse(string text) => Parse(Encoding.Latin1.GetBytes(text));

    [Theory]
    [InlineData("250 ok\r\n", "250//ok|")]
    [InlineData("250\r\n", "250//|")]
    [InlineData("250 \r\n", "250//|")]
    [InlineData("250 ok\n", "250//ok|")]
    [InlineData("250-a\r\n250-\r\n250 b\r\n", "250//a\n\nb|")]
    [InlineData("250-2.1.5 a\r\n250 2.1.5 b\r\n354 go\r\n", "250/2.1.5/a\nb|354//go|")]
    [InlineData("550 5.1.1\r\n", "550/5.1.1/|")]
    [InlineData("450 5.1.1 x\r\n", "450/4.1.1/x|")]
    [InlineData("550 4.999.0 x\r\n", "550/5.999.0/x|")]
    [InlineData("550 5.1.1000 x\r\n", "550//5.1.1000 x|")]
    [InlineData("550 5.1 x\r\n", "550//5.1 x|")]
    [InlineData("550 3.1.1 x\r\n", "550//3.1.1 x|")]
    [InlineData("334 2.1.1 x\r\n", "334//x|")]
    [InlineData("250 a", "inside")]
    [InlineData("250-a\r\n", "inside")]
    [InlineData("250-a\r\n251 b\r\n", "malformed: reply code changes within a reply")]
    [InlineData("150 a\r\n", "malformed: reply does not begin with a reply code")]
    [InlineData("\r\n", "malformed: reply does not begin with a reply code")]
    [InlineData("25x a\r\n", "malformed: reply does not begin with a reply code")]
    [InlineData("250=a\r\n", "malformed: reply code is not followed by a space or hyphen")]
    public void Replies(string text, string expected) => Assert.Equal(expected, Parse(text));

    [Fact]
    public void A_line_without_end_is_cut_off() => Assert.Equal("malformed: reply line longer than 4096 bytes", Parse("250 " + new string('x', 5000)));

    [Fact]
    public void A_reply_of_endless_lines_is_cut_off() =>
        Assert.Equal("malformed: reply of more than 200 lines", Parse(string.Concat(Enumerable.Repeat("250-x\r\n", 300))));

    [Fact]
    public void A_reply_of_long_lines_is_cut_off() =>
        Assert.Equal("malformed: reply longer than 65536 bytes", Parse(string.Concat(Enumerable.Repeat("250-" + new string('x', 4000) + "\r\n", 30))));

    [Fact]
    public void The_limits_themselves_are_allowed()
    {
        Assert.StartsWith("250//x", Parse("250 " + new string('x', 4090) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250//", Parse(string.Concat(Enumerable.Repeat("250-x\r\n", 199)) + "250 x\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_split_gives_the_same_replies()
    {
        var line = Splits.OneOf("250 ok\r\n", "250-a\r\n", "250-2.0.0 b\r\n", "550 5.1.1 é\r\n", "354\r\n", "421 x\n", "junk\r\n", "250 \0\u001b\r\r\n");
        Gen.Select(line.Array[1, 12], Gen.Int[0, 60].Array[0, 6]).Sample((lines, cuts) =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines));
            Assert.Equal(Parse(bytes), Parse(Splits.At(bytes, cuts)));
            Assert.Equal(Parse(bytes), Parse([.. bytes.Select(b => new[] { b })]));
        });
    }

    [Fact]
    public void Arbitrary_bytes_never_throw_and_any_split_gives_the_same() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 200].Array[0, 6]).Sample((bytes, cuts) => Assert.Equal(Parse(bytes), Parse(Splits.At(bytes, cuts))));
}
