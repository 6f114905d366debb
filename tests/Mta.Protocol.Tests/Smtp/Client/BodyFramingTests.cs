using System.Buffers;
using System.Text;
using CsCheck;
using Mta.Protocol.Smtp.Client;
using Xunit;

namespace Mta.Protocol.Tests.Smtp.Client;

public sealed class BodyFramingTests
{
    private static string Stuff(params byte[][] pieces)
    {
        var stuffer = new DotStuffer();
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in pieces) stuffer.Write(piece, output);
        Assert.False(stuffer.IsWhole);
        Assert.True(stuffer.Finish(output) && stuffer.IsWhole);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }

    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData("a\r", "a\r\n.\r\n")]
    [InlineData("a\n", "a\n\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r\n..b\r\n", "a\r\n...b\r\n.\r\n")]
    [InlineData("a.b\r\nc.", "a.b\r\nc.\r\n.\r\n")]
    [InlineData("a\n.\nb\n.\r\nMAIL", "a\n..\nb\n..\r\nMAIL\r\n.\r\n")]
    public void Dots_at_the_beginning_of_lines_are_doubled(string content, string expected) => Assert.Equal(expected, Stuff(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void Any_split_gives_the_same_and_the_content_comes_back()
    {
        var content = Splits.OneOf(".", "\r\n", "\r", "\n", "a", "..", "é").Array[0, 30].Select(string.Concat);
        Gen.Select(content, Gen.Int[0, 40].Array[0, 8]).Sample((text, cuts) =>
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            var whole = Stuff(bytes);
            Assert.Equal(whole, Stuff(Splits.At(bytes, cuts)));
            Assert.Equal(whole, Stuff([.. bytes.Select(b => new[] { b })]));
            Assert.EndsWith(".\r\n", whole, StringComparison.Ordinal);
            // Nothing before the end reads as the end, to a strict receiver or to a lax one.
            var before = "\r\n" + whole[..^3];
            Assert.DoesNotContain("\n.\r\n", before, StringComparison.Ordinal);
            Assert.DoesNotContain("\n.\n", before, StringComparison.Ordinal);
            Assert.StartsWith(text, before.Replace("\n.", "\n", StringComparison.Ordinal)[2..], StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_chunk_beyond_the_announced_size_is_not_written_and_the_end_fails()
    {
        var framing = new ChunkFraming(5);
        var output = new ArrayBufferWriter<byte>();
        framing.Write("abc"u8, output);
        framing.Write("def"u8, output);

        Assert.Equal("abc"u8.ToArray(), output.WrittenSpan.ToArray());
        Assert.False(framing.IsWhole);
        Assert.False(framing.Finish(output));
    }

    [Fact]
    public void A_chunk_of_the_announced_size_is_whole_with_its_last_octet()
    {
        var framing = new ChunkFraming(3);
        var output = new ArrayBufferWriter<byte>();
        framing.Write("ab"u8, output);
        Assert.False(framing.IsWhole);
        framing.Write("."u8, output);
        Assert.True(framing.IsWhole && framing.Finish(output));
        Assert.Equal("ab."u8.ToArray(), output.WrittenSpan.ToArray());
    }
}
